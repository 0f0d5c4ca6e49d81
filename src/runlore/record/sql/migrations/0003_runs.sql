-- Runs of runbooks: steps and what was reported of them, proof, approvals, escalations; who has which role and which permission.

CREATE INDEX events_subject ON events (company, subject, seq);

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
