-- The search index. Everything here is derived from approved revisions: the file may be deleted at any time.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- The large columns stand last: reading a row's beginning does not touch them.
CREATE TABLE document (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    shelf TEXT NOT NULL,
    title TEXT NOT NULL,
    revision TEXT NOT NULL,
    card BLOB NOT NULL,
    text BLOB NOT NULL
);

CREATE TABLE term (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE,
    documents INTEGER NOT NULL
);

-- Which documents hold a term, by blocks of neighbouring ids: two bytes a document for its place in the block, then one byte each for how much it holds.
CREATE TABLE posting (
    term INTEGER NOT NULL,
    block INTEGER NOT NULL,
    places BLOB NOT NULL,
    PRIMARY KEY (term, block)
) WITHOUT ROWID;

-- What every search needs of all documents: the number of the shelf (0: no document), and the sketch of the meaning, sixteen bytes each.
CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    changed INTEGER NOT NULL,
    shelves BLOB NOT NULL,
    sketches BLOB NOT NULL
);

CREATE TABLE shelf (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
