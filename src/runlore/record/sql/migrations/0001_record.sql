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
