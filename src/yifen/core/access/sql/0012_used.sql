-- Proposals by which something was done, each once. It counts in the transaction of the decision alone, as the word does.
CREATE TABLE access_used (
    proposal_id bigint PRIMARY KEY REFERENCES access_authorisation
);
