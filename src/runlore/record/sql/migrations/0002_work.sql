-- Issues and who works on them, the requests that documents have served, the health of integrations.

CREATE TABLE issues (
    company TEXT NOT NULL REFERENCES companies (id),
    number INTEGER NOT NULL CHECK (number > 0),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'done', 'dropped')),
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    key TEXT NOT NULL,
    labels TEXT NOT NULL,
    assignees TEXT NOT NULL,
    author TEXT NOT NULL,
    fields TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    closed INTEGER NOT NULL,
    PRIMARY KEY (company, number),
    CHECK (state = 'closed' OR (outcome = '' AND closed = 0))
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX issues_url ON issues (url, company) WHERE url <> '';
CREATE INDEX issues_key ON issues (key, company) WHERE key <> '';
CREATE INDEX issues_state ON issues (state, company, number);

-- `pack` is the hash of the pack's JSON, which is a blob.
CREATE TABLE assignments (
    company TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    issue INTEGER NOT NULL,
    worker TEXT NOT NULL,
    "by" TEXT NOT NULL,
    budget INTEGER NOT NULL,
    pack TEXT NOT NULL,
    pins TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (company, number),
    FOREIGN KEY (company, issue) REFERENCES issues (company, number),
    FOREIGN KEY (company, worker) REFERENCES principals (company, id),
    FOREIGN KEY (company, "by") REFERENCES principals (company, id),
    FOREIGN KEY (company, pack) REFERENCES blobs (company, hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX assignments_issue ON assignments (issue, company, number);
CREATE INDEX assignments_worker ON assignments (worker, company, number);

-- What a document was asked for and served; it may be known before the document's first revision.
CREATE TABLE requests (
    company TEXT NOT NULL REFERENCES companies (id),
    seq INTEGER NOT NULL CHECK (seq > 0),
    document TEXT NOT NULL,
    text TEXT NOT NULL,
    origin TEXT NOT NULL,
    digest TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (company, seq),
    UNIQUE (digest, company)
) STRICT, WITHOUT ROWID;

CREATE INDEX requests_document ON requests (document, company, seq);

CREATE TABLE health (
    company TEXT NOT NULL REFERENCES companies (id),
    integration TEXT NOT NULL,
    checked INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('ready', 'missing', 'rejected', 'unreachable', 'unknown')),
    detail TEXT NOT NULL,
    PRIMARY KEY (company, integration, checked)
) STRICT, WITHOUT ROWID;

-- only: sqlite
CREATE TRIGGER assignments_kept BEFORE DELETE ON assignments BEGIN SELECT RAISE(ABORT, 'assignments are kept'); END;
CREATE TRIGGER assignments_fixed BEFORE UPDATE ON assignments BEGIN SELECT RAISE(ABORT, 'assignments never change'); END;
-- end
-- only: postgresql
CREATE TRIGGER assignments_kept BEFORE DELETE OR TRUNCATE ON assignments EXECUTE FUNCTION refuse('assignments are kept');
CREATE TRIGGER assignments_fixed BEFORE UPDATE ON assignments EXECUTE FUNCTION refuse('assignments never change');
-- end
