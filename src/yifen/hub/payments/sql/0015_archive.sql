-- What archived payments 已归档 paid on each payable, beyond what was taken back: bills live longer than months.
CREATE TABLE payable_archived (
    partition_no integer NOT NULL,
    bucket       smallint NOT NULL,
    payable_id   bigint NOT NULL,
    paid_fen     bigint NOT NULL,
    credit_id    integer NOT NULL,
    PRIMARY KEY (bucket, payable_id, partition_no)
);
