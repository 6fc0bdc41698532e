-- Which try of its indexing a document is at: it has failed when the last one has.

alter table knowledge_documents add attempt integer not null default 0;
