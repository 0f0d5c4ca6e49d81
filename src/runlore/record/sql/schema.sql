-- The schema of the record as it is now, in the words of SQLite. New records are made from it.
-- For PostgreSQL INTEGER becomes BIGINT, BLOB becomes BYTEA, TEXT sorts by its bytes, and STRICT and WITHOUT ROWID go; a section between
-- "only" and "end" holds for one of the two. The table `migrations` is made by migrations.py.

-- Companies, principals, documents, proposals, reviews, publications, the event log.
-- Keys begin with the company. All other indexes begin with the column that tells most: where no statistics are yet, a planner takes any
-- index that begins with the company for as good as the right one, and walks through all that a company has.
-- Times are whole microseconds since the epoch, UTC, and 0 where they have not come. Hashes are "sha256:" and 64 hexadecimal digits.

CREATE TABLE companies (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE teams (
    company TEXT NOT NULL REFERENCES companies (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;

-- Scopes are words between blanks, with a blank at both ends. What only a person may do, no agent and no service can be given.
CREATE TABLE principals (
    company TEXT NOT NULL REFERENCES companies (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('human', 'agent', 'service')),
    scopes TEXT NOT NULL,
    operator TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company, id),
    UNIQUE (name, company),
    CHECK (kind = 'human' OR (
        scopes NOT LIKE '% review %' AND scopes NOT LIKE '% publish %' AND scopes NOT LIKE '% assign %' AND scopes NOT LIKE '% own %'
    ))
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
    company TEXT NOT NULL,
    team TEXT NOT NULL,
    principal TEXT NOT NULL,
    PRIMARY KEY (company, team, principal),
    FOREIGN KEY (company, team) REFERENCES teams (company, id),
    FOREIGN KEY (company, principal) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_principal ON members (principal, company);

-- The token itself is never stored, only its hash.
CREATE TABLE credentials (
    company TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    principal TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company, hash),
    FOREIGN KEY (company, principal) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX credentials_principal ON credentials (principal, company);

-- The bytes of files, each content once a company. An erased one keeps its hash and size.
CREATE TABLE blobs (
    company TEXT NOT NULL REFERENCES companies (id),
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    content BLOB NOT NULL,
    erased INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company, hash),
    CHECK ((erased = 0 AND length(content) = size) OR (erased > 0 AND length(content) = 0))
) STRICT;

-- A document comes to be with its first revision. `head` is that of its newest revision.
CREATE TABLE documents (
    company TEXT NOT NULL REFERENCES companies (id),
    id TEXT NOT NULL,
    team TEXT NOT NULL,
    shelf TEXT NOT NULL CHECK (
        shelf IN ('strategy', 'proof', 'runbooks', 'lessons', 'brand', 'customers', 'notes', 'skills', 'integrations')
    ),
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    owner TEXT NOT NULL,
    reviewed TEXT NOT NULL,
    review_every TEXT NOT NULL,
    due TEXT NOT NULL,
    head TEXT NOT NULL,
    revisions INTEGER NOT NULL,
    created INTEGER NOT NULL,
    retired INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company, id),
    UNIQUE (name, shelf, team, company)
) STRICT, WITHOUT ROWID;

CREATE INDEX documents_due ON documents (due, company);

-- A proposal never changes, apart from its state; a decided one never changes at all.
CREATE TABLE proposals (
    company TEXT NOT NULL REFERENCES companies (id),
    number INTEGER NOT NULL CHECK (number > 0),
    document TEXT NOT NULL,
    base TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('runbook', 'skill', 'sop', 'markdown')),
    main TEXT NOT NULL,
    digest TEXT NOT NULL,
    reason TEXT NOT NULL,
    origin TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'rejected', 'withdrawn', 'expired', 'published')),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    "group" TEXT NOT NULL,
    evidence TEXT NOT NULL,
    retires INTEGER NOT NULL CHECK (retires IN (0, 1)),
    closed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX proposals_document ON proposals (document, company, number);
CREATE INDEX proposals_state ON proposals (state, company, number);

CREATE TABLE proposal_files (
    company TEXT NOT NULL,
    proposal INTEGER NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    executable INTEGER NOT NULL CHECK (executable IN (0, 1)),
    PRIMARY KEY (company, proposal, path),
    FOREIGN KEY (company, proposal) REFERENCES proposals (company, number),
    FOREIGN KEY (company, hash) REFERENCES blobs (company, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposal_authors (
    company TEXT NOT NULL,
    proposal INTEGER NOT NULL,
    position INTEGER NOT NULL,
    principal TEXT NOT NULL,
    PRIMARY KEY (company, proposal, position),
    UNIQUE (company, proposal, principal),
    FOREIGN KEY (company, proposal) REFERENCES proposals (company, number),
    FOREIGN KEY (company, principal) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

-- The revisions of a document form one line: each number once, each revision followed by one at most.
CREATE TABLE revisions (
    company TEXT NOT NULL,
    hash TEXT NOT NULL,
    document TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    parent TEXT NOT NULL,
    format TEXT NOT NULL,
    main TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    author TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    proposal INTEGER NOT NULL,
    reason TEXT NOT NULL,
    published INTEGER NOT NULL,
    self_published INTEGER NOT NULL CHECK (self_published IN (0, 1)),
    PRIMARY KEY (company, hash),
    UNIQUE (document, company, number),
    UNIQUE (document, company, parent),
    UNIQUE (proposal, company),
    FOREIGN KEY (company, document) REFERENCES documents (company, id),
    FOREIGN KEY (company, proposal) REFERENCES proposals (company, number),
    FOREIGN KEY (company, author) REFERENCES principals (company, id),
    FOREIGN KEY (company, reviewer) REFERENCES principals (company, id),
    CHECK ((number = 1) = (parent = ''))
) STRICT, WITHOUT ROWID;

CREATE TABLE revision_files (
    company TEXT NOT NULL,
    revision TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    executable INTEGER NOT NULL CHECK (executable IN (0, 1)),
    PRIMARY KEY (company, revision, path),
    FOREIGN KEY (company, revision) REFERENCES revisions (company, hash),
    FOREIGN KEY (company, hash) REFERENCES blobs (company, hash)
) STRICT, WITHOUT ROWID;

-- What the head of a document points to.
CREATE TABLE links (
    company TEXT NOT NULL,
    document TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (company, document, position),
    FOREIGN KEY (company, document) REFERENCES documents (company, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX links_target ON links (target, company);

-- `consumed` is set once, when the publication uses the review.
CREATE TABLE reviews (
    company TEXT NOT NULL,
    proposal INTEGER NOT NULL,
    position INTEGER NOT NULL,
    reviewer TEXT NOT NULL,
    digest TEXT NOT NULL,
    base TEXT NOT NULL,
    accepted INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    comment TEXT NOT NULL,
    decided INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    consumed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (company, proposal, position),
    FOREIGN KEY (company, proposal) REFERENCES proposals (company, number),
    FOREIGN KEY (company, reviewer) REFERENCES principals (company, id),
    CHECK (consumed = 0 OR accepted = 1)
) STRICT, WITHOUT ROWID;

-- The log: dense, and each event names the hash of the one before.
CREATE TABLE events (
    company TEXT NOT NULL REFERENCES companies (id),
    seq INTEGER NOT NULL CHECK (seq > 0),
    at INTEGER NOT NULL,
    principal TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (company, seq),
    UNIQUE (previous, company),
    CHECK ((seq = 1) = (previous = ''))
) STRICT, WITHOUT ROWID;

CREATE INDEX events_subject ON events (company, subject, seq);

-- The promise that the library folder will show a revision; `git_commit` is set when it does.
CREATE TABLE publications (
    company TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    document TEXT NOT NULL,
    revision TEXT NOT NULL,
    proposal INTEGER NOT NULL,
    review INTEGER NOT NULL,
    event INTEGER NOT NULL,
    at INTEGER NOT NULL,
    git_commit TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (company, number),
    UNIQUE (revision, company),
    UNIQUE (proposal, company),
    FOREIGN KEY (company, revision) REFERENCES revisions (company, hash),
    FOREIGN KEY (company, proposal, review) REFERENCES reviews (company, proposal, position),
    FOREIGN KEY (company, event) REFERENCES events (company, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX publications_pending ON publications (company, number) WHERE git_commit = '';

-- What was answered under an idempotency key.
CREATE TABLE answers (
    company TEXT NOT NULL,
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (company, principal, key),
    FOREIGN KEY (company, principal) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

-- only: sqlite
CREATE TRIGGER companies_kept BEFORE DELETE ON companies BEGIN SELECT RAISE(ABORT, 'companies are kept'); END;
CREATE TRIGGER principals_kept BEFORE DELETE ON principals BEGIN SELECT RAISE(ABORT, 'principals are kept'); END;
CREATE TRIGGER principals_fixed BEFORE UPDATE OF company, id, kind, operator, created ON principals
BEGIN SELECT RAISE(ABORT, 'class and operator of a principal are fixed'); END;
CREATE TRIGGER blobs_kept BEFORE DELETE ON blobs BEGIN SELECT RAISE(ABORT, 'blobs are kept'); END;
CREATE TRIGGER blobs_fixed BEFORE UPDATE ON blobs
WHEN NOT (OLD.erased = 0 AND NEW.erased > 0 AND NEW.company = OLD.company AND NEW.hash = OLD.hash AND NEW.size = OLD.size)
BEGIN SELECT RAISE(ABORT, 'blobs never change'); END;
CREATE TRIGGER documents_kept BEFORE DELETE ON documents BEGIN SELECT RAISE(ABORT, 'documents are kept'); END;
CREATE TRIGGER documents_fixed BEFORE UPDATE OF company, id, team, shelf, name, created ON documents
BEGIN SELECT RAISE(ABORT, 'the id of a document is fixed'); END;
CREATE TRIGGER proposals_kept BEFORE DELETE ON proposals BEGIN SELECT RAISE(ABORT, 'proposals are kept'); END;
CREATE TRIGGER proposals_fixed BEFORE UPDATE OF
company, number, document, base, format, main, digest, reason, origin, created, expires, "group", evidence, retires ON proposals
BEGIN SELECT RAISE(ABORT, 'proposals never change'); END;
CREATE TRIGGER proposals_decided BEFORE UPDATE OF state ON proposals WHEN OLD.state NOT IN ('open', 'accepted')
BEGIN SELECT RAISE(ABORT, 'a decided proposal never changes'); END;
CREATE TRIGGER proposal_files_kept BEFORE DELETE ON proposal_files BEGIN SELECT RAISE(ABORT, 'proposals are kept'); END;
CREATE TRIGGER proposal_files_fixed BEFORE UPDATE ON proposal_files BEGIN SELECT RAISE(ABORT, 'proposals never change'); END;
CREATE TRIGGER proposal_authors_kept BEFORE DELETE ON proposal_authors BEGIN SELECT RAISE(ABORT, 'proposals are kept'); END;
CREATE TRIGGER proposal_authors_fixed BEFORE UPDATE ON proposal_authors BEGIN SELECT RAISE(ABORT, 'proposals never change'); END;
CREATE TRIGGER revisions_kept BEFORE DELETE ON revisions BEGIN SELECT RAISE(ABORT, 'revisions are kept'); END;
CREATE TRIGGER revisions_fixed BEFORE UPDATE ON revisions BEGIN SELECT RAISE(ABORT, 'revisions never change'); END;
CREATE TRIGGER revisions_line BEFORE INSERT ON revisions
WHEN NEW.number > 1 AND NOT EXISTS (
    SELECT 1 FROM revisions r WHERE r.company = NEW.company AND r.hash = NEW.parent AND r.document = NEW.document AND r.number = NEW.number - 1
)
BEGIN SELECT RAISE(ABORT, 'the revisions of a document form one line'); END;
CREATE TRIGGER revision_files_kept BEFORE DELETE ON revision_files BEGIN SELECT RAISE(ABORT, 'revisions are kept'); END;
CREATE TRIGGER revision_files_fixed BEFORE UPDATE ON revision_files BEGIN SELECT RAISE(ABORT, 'revisions never change'); END;
CREATE TRIGGER reviews_kept BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews are kept'); END;
CREATE TRIGGER reviews_fixed BEFORE UPDATE OF
company, proposal, position, reviewer, digest, base, accepted, comment, decided, expires ON reviews
BEGIN SELECT RAISE(ABORT, 'reviews never change'); END;
CREATE TRIGGER reviews_used_once BEFORE UPDATE OF consumed ON reviews WHEN NOT (OLD.consumed = 0 AND NEW.consumed > 0)
BEGIN SELECT RAISE(ABORT, 'a review is used once'); END;
CREATE TRIGGER events_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are kept'); END;
CREATE TRIGGER events_fixed BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events never change'); END;
CREATE TRIGGER events_chain BEFORE INSERT ON events
WHEN NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.company = NEW.company AND e.seq = NEW.seq - 1 AND e.hash = NEW.previous)
BEGIN SELECT RAISE(ABORT, 'events form one chain'); END;
CREATE TRIGGER publications_kept BEFORE DELETE ON publications BEGIN SELECT RAISE(ABORT, 'publications are kept'); END;
CREATE TRIGGER publications_fixed BEFORE UPDATE OF company, number, document, revision, proposal, review, event, at ON publications
BEGIN SELECT RAISE(ABORT, 'publications never change'); END;
CREATE TRIGGER publications_reviewed BEFORE INSERT ON publications
WHEN NOT EXISTS (
    SELECT 1 FROM reviews w
    JOIN proposals p ON p.company = w.company AND p.number = w.proposal
    JOIN revisions r ON r.company = w.company AND r.hash = NEW.revision
    WHERE w.company = NEW.company AND w.proposal = NEW.proposal AND w.position = NEW.review AND w.accepted = 1 AND w.consumed > 0
    AND w.digest = p.digest AND w.base = p.base AND r.parent = p.base AND r.document = p.document AND r.proposal = p.number
    AND (r.self_published = 1 OR w.reviewer NOT IN (
        SELECT a.principal FROM proposal_authors a WHERE a.company = w.company AND a.proposal = w.proposal
    ))
)
BEGIN SELECT RAISE(ABORT, 'a publication needs a valid review'); END;
-- end
-- only: postgresql
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
END $$;

CREATE FUNCTION check_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.number > 1 AND NOT EXISTS (
        SELECT 1 FROM revisions r WHERE r.company = NEW.company AND r.hash = NEW.parent AND r.document = NEW.document AND r.number = NEW.number - 1
    ) THEN
        RAISE EXCEPTION 'the revisions of a document form one line';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION check_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq > 1 AND NOT EXISTS (SELECT 1 FROM events e WHERE e.company = NEW.company AND e.seq = NEW.seq - 1 AND e.hash = NEW.previous) THEN
        RAISE EXCEPTION 'events form one chain';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION check_reviewed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM reviews w
        JOIN proposals p ON p.company = w.company AND p.number = w.proposal
        JOIN revisions r ON r.company = w.company AND r.hash = NEW.revision
        WHERE w.company = NEW.company AND w.proposal = NEW.proposal AND w.position = NEW.review AND w.accepted = 1 AND w.consumed > 0
        AND w.digest = p.digest AND w.base = p.base AND r.parent = p.base AND r.document = p.document AND r.proposal = p.number
        AND (r.self_published = 1 OR w.reviewer NOT IN (
            SELECT a.principal FROM proposal_authors a WHERE a.company = w.company AND a.proposal = w.proposal
        ))
    ) THEN
        RAISE EXCEPTION 'a publication needs a valid review';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER companies_kept BEFORE DELETE OR TRUNCATE ON companies EXECUTE FUNCTION refuse('companies are kept');
CREATE TRIGGER principals_kept BEFORE DELETE OR TRUNCATE ON principals EXECUTE FUNCTION refuse('principals are kept');
CREATE TRIGGER principals_fixed BEFORE UPDATE OF company, id, kind, operator, created ON principals
EXECUTE FUNCTION refuse('class and operator of a principal are fixed');
CREATE TRIGGER blobs_kept BEFORE DELETE OR TRUNCATE ON blobs EXECUTE FUNCTION refuse('blobs are kept');
CREATE TRIGGER blobs_fixed BEFORE UPDATE ON blobs FOR EACH ROW
WHEN (NOT (OLD.erased = 0 AND NEW.erased > 0 AND NEW.company = OLD.company AND NEW.hash = OLD.hash AND NEW.size = OLD.size))
EXECUTE FUNCTION refuse('blobs never change');
CREATE TRIGGER documents_kept BEFORE DELETE OR TRUNCATE ON documents EXECUTE FUNCTION refuse('documents are kept');
CREATE TRIGGER documents_fixed BEFORE UPDATE OF company, id, team, shelf, name, created ON documents
EXECUTE FUNCTION refuse('the id of a document is fixed');
CREATE TRIGGER proposals_kept BEFORE DELETE OR TRUNCATE ON proposals EXECUTE FUNCTION refuse('proposals are kept');
CREATE TRIGGER proposals_fixed BEFORE UPDATE OF
company, number, document, base, format, main, digest, reason, origin, created, expires, "group", evidence, retires ON proposals
EXECUTE FUNCTION refuse('proposals never change');
CREATE TRIGGER proposals_decided BEFORE UPDATE OF state ON proposals FOR EACH ROW WHEN (OLD.state NOT IN ('open', 'accepted'))
EXECUTE FUNCTION refuse('a decided proposal never changes');
CREATE TRIGGER proposal_files_kept BEFORE DELETE OR TRUNCATE ON proposal_files EXECUTE FUNCTION refuse('proposals are kept');
CREATE TRIGGER proposal_files_fixed BEFORE UPDATE ON proposal_files EXECUTE FUNCTION refuse('proposals never change');
CREATE TRIGGER proposal_authors_kept BEFORE DELETE OR TRUNCATE ON proposal_authors EXECUTE FUNCTION refuse('proposals are kept');
CREATE TRIGGER proposal_authors_fixed BEFORE UPDATE ON proposal_authors EXECUTE FUNCTION refuse('proposals never change');
CREATE TRIGGER revisions_kept BEFORE DELETE OR TRUNCATE ON revisions EXECUTE FUNCTION refuse('revisions are kept');
CREATE TRIGGER revisions_fixed BEFORE UPDATE ON revisions EXECUTE FUNCTION refuse('revisions never change');
CREATE TRIGGER revisions_line BEFORE INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION check_line();
CREATE TRIGGER revision_files_kept BEFORE DELETE OR TRUNCATE ON revision_files EXECUTE FUNCTION refuse('revisions are kept');
CREATE TRIGGER revision_files_fixed BEFORE UPDATE ON revision_files EXECUTE FUNCTION refuse('revisions never change');
CREATE TRIGGER reviews_kept BEFORE DELETE OR TRUNCATE ON reviews EXECUTE FUNCTION refuse('reviews are kept');
CREATE TRIGGER reviews_fixed BEFORE UPDATE OF
company, proposal, position, reviewer, digest, base, accepted, comment, decided, expires ON reviews
EXECUTE FUNCTION refuse('reviews never change');
CREATE TRIGGER reviews_used_once BEFORE UPDATE OF consumed ON reviews FOR EACH ROW WHEN (NOT (OLD.consumed = 0 AND NEW.consumed > 0))
EXECUTE FUNCTION refuse('a review is used once');
CREATE TRIGGER events_kept BEFORE DELETE OR TRUNCATE ON events EXECUTE FUNCTION refuse('events are kept');
CREATE TRIGGER events_fixed BEFORE UPDATE ON events EXECUTE FUNCTION refuse('events never change');
CREATE TRIGGER events_chain BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION check_chain();
CREATE TRIGGER publications_kept BEFORE DELETE OR TRUNCATE ON publications EXECUTE FUNCTION refuse('publications are kept');
CREATE TRIGGER publications_fixed BEFORE UPDATE OF company, number, document, revision, proposal, review, event, at ON publications
EXECUTE FUNCTION refuse('publications never change');
CREATE TRIGGER publications_reviewed BEFORE INSERT ON publications FOR EACH ROW EXECUTE FUNCTION check_reviewed();
-- end

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


-- Who stands behind a role's name in runbooks, and what a worker may do in outside systems.
CREATE TABLE roles (
    company TEXT NOT NULL REFERENCES companies (id),
    role TEXT NOT NULL,
    principal TEXT NOT NULL,
    PRIMARY KEY (company, role, principal),
    FOREIGN KEY (company, principal) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    company TEXT NOT NULL REFERENCES companies (id),
    principal TEXT NOT NULL,
    permission TEXT NOT NULL,
    PRIMARY KEY (company, principal, permission),
    FOREIGN KEY (company, principal) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

-- A run is pinned to its revision and its pack; its fence only grows.
CREATE TABLE runs (
    company TEXT NOT NULL REFERENCES companies (id),
    number INTEGER NOT NULL CHECK (number > 0),
    issue INTEGER NOT NULL,
    document TEXT NOT NULL,
    revision TEXT NOT NULL,
    pack TEXT NOT NULL,
    worker TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('blocked', 'running', 'done', 'failed', 'dropped')),
    holder TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL,
    nonce TEXT NOT NULL,
    inputs TEXT NOT NULL,
    created INTEGER NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    transcript TEXT NOT NULL,
    PRIMARY KEY (company, number),
    UNIQUE (company, nonce),
    FOREIGN KEY (company, issue) REFERENCES issues (company, number),
    FOREIGN KEY (company, revision) REFERENCES revisions (company, hash),
    FOREIGN KEY (company, worker) REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX runs_issue ON runs (company, issue, number);
CREATE INDEX runs_document ON runs (company, document, number);
CREATE INDEX runs_state ON runs (company, state, number);
CREATE INDEX runs_worker ON runs (company, worker);
CREATE INDEX runs_holder ON runs (company, holder);

CREATE TABLE run_steps (
    company TEXT NOT NULL,
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('todo', 'done', 'failed', 'skipped', 'adapted')),
    why TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    started INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    result TEXT NOT NULL,
    judged TEXT NOT NULL,
    PRIMARY KEY (company, run, step),
    FOREIGN KEY (company, run) REFERENCES runs (company, number)
) STRICT, WITHOUT ROWID;

-- Every report that counted, in its order.
CREATE TABLE reports (
    company TEXT NOT NULL,
    run INTEGER NOT NULL,
    seq INTEGER NOT NULL CHECK (seq > 0),
    step INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('done', 'failed', 'skipped', 'adapted')),
    why TEXT NOT NULL,
    result TEXT NOT NULL,
    judged TEXT NOT NULL,
    "by" TEXT NOT NULL,
    fence INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (company, run, seq),
    FOREIGN KEY (company, run) REFERENCES runs (company, number)
) STRICT, WITHOUT ROWID;

-- Proof is bound to run, step, revision, nonce and artefact; `id` is the hash of these, so the same is accepted once.
-- `once` is the hash of what serves no other step and no other run, empty where that is nothing.
CREATE TABLE proofs (
    company TEXT NOT NULL,
    id TEXT NOT NULL,
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    revision TEXT NOT NULL,
    nonce TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    artefact TEXT NOT NULL,
    level TEXT NOT NULL CHECK (level IN ('P0', 'P1', 'P2', 'P3')),
    checker TEXT NOT NULL,
    detail TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    once TEXT NOT NULL,
    PRIMARY KEY (company, id),
    FOREIGN KEY (company, run) REFERENCES runs (company, number),
    FOREIGN KEY (company, nonce) REFERENCES runs (company, nonce)
) STRICT, WITHOUT ROWID;

CREATE INDEX proofs_run ON proofs (company, run, step, at);
CREATE INDEX proofs_once ON proofs (company, once);

-- A question for a person's yes over exactly `shown`; it is answered once.
CREATE TABLE approvals (
    company TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    role TEXT NOT NULL,
    shown TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn', 'expired')),
    asked_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    answered_by TEXT NOT NULL,
    assurance TEXT NOT NULL CHECK (assurance IN ('', 'A1', 'A2', 'A3')),
    comment TEXT NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (company, number),
    FOREIGN KEY (company, run) REFERENCES runs (company, number),
    CHECK (state NOT IN ('approved', 'rejected') OR (answered_by <> '' AND assurance <> ''))
) STRICT, WITHOUT ROWID;

CREATE INDEX approvals_run ON approvals (company, run, step);
CREATE INDEX approvals_open ON approvals (company, state, number);

CREATE TABLE escalations (
    company TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    run INTEGER NOT NULL,
    step INTEGER NOT NULL,
    role TEXT NOT NULL,
    fallback TEXT NOT NULL,
    question TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'overdue', 'withdrawn')),
    asked_by TEXT NOT NULL,
    created INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    level INTEGER NOT NULL,
    answer TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered INTEGER NOT NULL,
    PRIMARY KEY (company, number),
    FOREIGN KEY (company, run) REFERENCES runs (company, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX escalations_run ON escalations (company, run);
CREATE INDEX escalations_open ON escalations (company, state, number);

-- only: sqlite
CREATE TRIGGER runs_kept BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'runs are kept'); END;
CREATE TRIGGER runs_fixed BEFORE UPDATE OF company, number, issue, document, revision, pack, nonce, created ON runs
BEGIN SELECT RAISE(ABORT, 'a run is pinned'); END;
CREATE TRIGGER runs_fence BEFORE UPDATE OF fence ON runs WHEN NEW.fence < OLD.fence
BEGIN SELECT RAISE(ABORT, 'the fence of a run only grows'); END;
CREATE TRIGGER runs_ended BEFORE UPDATE OF state ON runs WHEN OLD.state IN ('done', 'failed', 'dropped')
BEGIN SELECT RAISE(ABORT, 'a run that has ended stays as it is'); END;
CREATE TRIGGER run_steps_kept BEFORE DELETE ON run_steps BEGIN SELECT RAISE(ABORT, 'steps of runs are kept'); END;
CREATE TRIGGER run_steps_settled BEFORE UPDATE OF state ON run_steps WHEN OLD.state IN ('done', 'skipped', 'adapted')
BEGIN SELECT RAISE(ABORT, 'a settled step stays as it is'); END;
CREATE TRIGGER reports_kept BEFORE DELETE ON reports BEGIN SELECT RAISE(ABORT, 'reports are kept'); END;
CREATE TRIGGER reports_fixed BEFORE UPDATE ON reports BEGIN SELECT RAISE(ABORT, 'reports never change'); END;
CREATE TRIGGER proofs_kept BEFORE DELETE ON proofs BEGIN SELECT RAISE(ABORT, 'proof is kept'); END;
CREATE TRIGGER proofs_fixed BEFORE UPDATE ON proofs BEGIN SELECT RAISE(ABORT, 'proof never changes'); END;
CREATE TRIGGER approvals_kept BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'approvals are kept'); END;
CREATE TRIGGER approvals_fixed BEFORE UPDATE OF
company, number, run, step, role, shown, digest, asked_by, created, expires ON approvals
BEGIN SELECT RAISE(ABORT, 'what was asked never changes'); END;
CREATE TRIGGER approvals_answered BEFORE UPDATE ON approvals
WHEN OLD.state <> 'open' AND NOT (OLD.state = 'approved' AND NEW.state = 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'an answered approval never changes'); END;
CREATE TRIGGER escalations_kept BEFORE DELETE ON escalations BEGIN SELECT RAISE(ABORT, 'escalations are kept'); END;
CREATE TRIGGER escalations_fixed BEFORE UPDATE OF company, number, run, step, question, asked_by, created ON escalations
BEGIN SELECT RAISE(ABORT, 'what was asked never changes'); END;
CREATE TRIGGER escalations_answered BEFORE UPDATE ON escalations WHEN OLD.state IN ('answered', 'withdrawn')
BEGIN SELECT RAISE(ABORT, 'an answered escalation never changes'); END;
-- end
-- only: postgresql
CREATE TRIGGER runs_kept BEFORE DELETE OR TRUNCATE ON runs EXECUTE FUNCTION refuse('runs are kept');
CREATE TRIGGER runs_fixed BEFORE UPDATE OF company, number, issue, document, revision, pack, nonce, created ON runs
EXECUTE FUNCTION refuse('a run is pinned');
CREATE TRIGGER runs_fence BEFORE UPDATE OF fence ON runs FOR EACH ROW WHEN (NEW.fence < OLD.fence)
EXECUTE FUNCTION refuse('the fence of a run only grows');
CREATE TRIGGER runs_ended BEFORE UPDATE OF state ON runs FOR EACH ROW WHEN (OLD.state IN ('done', 'failed', 'dropped'))
EXECUTE FUNCTION refuse('a run that has ended stays as it is');
CREATE TRIGGER run_steps_kept BEFORE DELETE OR TRUNCATE ON run_steps EXECUTE FUNCTION refuse('steps of runs are kept');
CREATE TRIGGER run_steps_settled BEFORE UPDATE OF state ON run_steps FOR EACH ROW WHEN (OLD.state IN ('done', 'skipped', 'adapted'))
EXECUTE FUNCTION refuse('a settled step stays as it is');
CREATE TRIGGER reports_kept BEFORE DELETE OR TRUNCATE ON reports EXECUTE FUNCTION refuse('reports are kept');
CREATE TRIGGER reports_fixed BEFORE UPDATE ON reports EXECUTE FUNCTION refuse('reports never change');
CREATE TRIGGER proofs_kept BEFORE DELETE OR TRUNCATE ON proofs EXECUTE FUNCTION refuse('proof is kept');
CREATE TRIGGER proofs_fixed BEFORE UPDATE ON proofs EXECUTE FUNCTION refuse('proof never changes');
CREATE TRIGGER approvals_kept BEFORE DELETE OR TRUNCATE ON approvals EXECUTE FUNCTION refuse('approvals are kept');
CREATE TRIGGER approvals_fixed BEFORE UPDATE OF
company, number, run, step, role, shown, digest, asked_by, created, expires ON approvals
EXECUTE FUNCTION refuse('what was asked never changes');
CREATE TRIGGER approvals_answered BEFORE UPDATE ON approvals FOR EACH ROW
WHEN (OLD.state <> 'open' AND NOT (OLD.state = 'approved' AND NEW.state = 'withdrawn'))
EXECUTE FUNCTION refuse('an answered approval never changes');
CREATE TRIGGER escalations_kept BEFORE DELETE OR TRUNCATE ON escalations EXECUTE FUNCTION refuse('escalations are kept');
CREATE TRIGGER escalations_fixed BEFORE UPDATE OF company, number, run, step, question, asked_by, created ON escalations
EXECUTE FUNCTION refuse('what was asked never changes');
CREATE TRIGGER escalations_answered BEFORE UPDATE ON escalations FOR EACH ROW WHEN (OLD.state IN ('answered', 'withdrawn'))
EXECUTE FUNCTION refuse('an answered escalation never changes');
-- end


CREATE TABLE incidents (
    company TEXT NOT NULL REFERENCES companies (id),
    number INTEGER NOT NULL CHECK (number > 0),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    document TEXT NOT NULL,
    run INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (company, number)
) STRICT, WITHOUT ROWID;

-- What an owner lets publish itself, by class.
CREATE TABLE policies (
    company TEXT NOT NULL REFERENCES companies (id),
    class TEXT NOT NULL CHECK (class IN ('counters')),
    "by" TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (company, class),
    FOREIGN KEY (company, "by") REFERENCES principals (company, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE debriefs (
    company TEXT NOT NULL REFERENCES companies (id),
    number INTEGER NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL CHECK (kind IN ('run', 'session', 'incident')),
    subject TEXT NOT NULL,
    document TEXT NOT NULL,
    revision TEXT NOT NULL,
    answers TEXT NOT NULL,
    conclusion TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made INTEGER NOT NULL,
    PRIMARY KEY (company, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX debriefs_subject ON debriefs (company, kind, subject, number);
CREATE INDEX debriefs_document ON debriefs (company, document, number);

-- A finding of a subject counts once, however often its debrief is made.
CREATE TABLE findings (
    company TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    debrief INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    question TEXT NOT NULL,
    document TEXT NOT NULL,
    "key" TEXT NOT NULL,
    change TEXT NOT NULL,
    why TEXT NOT NULL,
    evidence TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'proposed', 'accepted', 'rejected')),
    proposal INTEGER NOT NULL,
    PRIMARY KEY (company, number),
    UNIQUE (company, kind, subject, document, "key"),
    FOREIGN KEY (company, debrief) REFERENCES debriefs (company, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX findings_key ON findings (company, document, "key");
CREATE INDEX findings_state ON findings (company, state, document);
CREATE INDEX findings_debrief ON findings (company, debrief);
CREATE INDEX findings_proposal ON findings (company, proposal) WHERE proposal > 0;

-- only: sqlite
CREATE TRIGGER incidents_kept BEFORE DELETE ON incidents BEGIN SELECT RAISE(ABORT, 'incidents are kept'); END;
CREATE TRIGGER incidents_fixed BEFORE UPDATE ON incidents BEGIN SELECT RAISE(ABORT, 'incidents never change'); END;
CREATE TRIGGER debriefs_kept BEFORE DELETE ON debriefs BEGIN SELECT RAISE(ABORT, 'debriefs are kept'); END;
CREATE TRIGGER debriefs_fixed BEFORE UPDATE ON debriefs BEGIN SELECT RAISE(ABORT, 'debriefs never change'); END;
CREATE TRIGGER findings_kept BEFORE DELETE ON findings BEGIN SELECT RAISE(ABORT, 'findings are kept'); END;
CREATE TRIGGER findings_fixed BEFORE UPDATE OF
company, number, debrief, kind, subject, question, document, "key", change, why, evidence ON findings
BEGIN SELECT RAISE(ABORT, 'findings never change'); END;
-- end
-- only: postgresql
CREATE TRIGGER incidents_kept BEFORE DELETE OR TRUNCATE ON incidents EXECUTE FUNCTION refuse('incidents are kept');
CREATE TRIGGER incidents_fixed BEFORE UPDATE ON incidents EXECUTE FUNCTION refuse('incidents never change');
CREATE TRIGGER debriefs_kept BEFORE DELETE OR TRUNCATE ON debriefs EXECUTE FUNCTION refuse('debriefs are kept');
CREATE TRIGGER debriefs_fixed BEFORE UPDATE ON debriefs EXECUTE FUNCTION refuse('debriefs never change');
CREATE TRIGGER findings_kept BEFORE DELETE OR TRUNCATE ON findings EXECUTE FUNCTION refuse('findings are kept');
CREATE TRIGGER findings_fixed BEFORE UPDATE OF
company, number, debrief, kind, subject, question, document, "key", change, why, evidence ON findings
EXECUTE FUNCTION refuse('findings never change');
-- end
