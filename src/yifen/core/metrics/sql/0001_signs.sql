-- Signs of life 进程迹象: how each process says it is, whichever machine it is on.
CREATE TABLE process_sign (
    role     text NOT NULL CHECK (length(role) <= 40),
    host     text NOT NULL CHECK (length(host) <= 200),
    name     text NOT NULL CHECK (length(name) <= 40),
    version  text NOT NULL CHECK (length(version) <= 40),
    began_at timestamptz NOT NULL,
    at       timestamptz NOT NULL,
    wrong    jsonb NOT NULL CHECK (jsonb_typeof(wrong) = 'array' AND pg_column_size(wrong) <= 4000),
    PRIMARY KEY (role, host, name)
) WITH (fillfactor = 50);
