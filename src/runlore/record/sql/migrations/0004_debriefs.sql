-- Debriefs, their findings, incidents.

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
