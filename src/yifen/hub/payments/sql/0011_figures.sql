-- Figures of days: what closed business days moved, and what past days of the clock were asked, by the hour.
-- Made out of payments and traffic_minute, and made again whole: they save reading these, and are no book.

-- Business days whose figures stand; of the others they are read from the payments.
CREATE TABLE figure_day (
    book_id      integer NOT NULL,
    business_day date NOT NULL,
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (book_id, business_day)
);

-- What was booked on a business day, and what was given back on it, by the hour of booking. What is given
-- back later stands on its own day, so a row stays true.
CREATE TABLE figure_hour (
    business_day date NOT NULL,
    book_id      integer NOT NULL,     -- the biller's
    hour         timestamptz NOT NULL, -- its beginning
    channel_id   integer NOT NULL,
    biller_id    integer NOT NULL,
    payments     bigint NOT NULL,
    amount_fen   bigint NOT NULL,
    returned     bigint NOT NULL,
    returned_fen bigint NOT NULL,
    PRIMARY KEY (business_day, book_id, hour, channel_id, biller_id)
);

-- Days of the clock whose charges stand in traffic_hour.
CREATE TABLE traffic_day (
    day     date PRIMARY KEY,
    made_at timestamptz NOT NULL
);

-- Charges by the hour of the clock: answered OK or PROCESSING (taken), for whom the hub or the biller was
-- unable (failed), and by their latency, as in traffic_minute. The rest were refused for a reason.
CREATE TABLE traffic_hour (
    hour       timestamptz NOT NULL,
    partner_id integer NOT NULL,
    biller_id  integer NOT NULL,
    calls      bigint NOT NULL,
    taken      bigint NOT NULL,
    failed     bigint NOT NULL,
    ms_sum     bigint NOT NULL,
    ms_max     integer NOT NULL,
    upto_5     bigint NOT NULL,
    upto_10    bigint NOT NULL,
    upto_20    bigint NOT NULL,
    upto_50    bigint NOT NULL,
    upto_100   bigint NOT NULL,
    upto_200   bigint NOT NULL,
    upto_500   bigint NOT NULL,
    upto_1000  bigint NOT NULL,
    upto_2000  bigint NOT NULL,
    upto_5000  bigint NOT NULL,
    over_5000  bigint NOT NULL,
    PRIMARY KEY (hour, partner_id, biller_id)
);
