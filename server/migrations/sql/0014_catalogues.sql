-- Files of published prices that were taken over. Of the installation, not of a workspace: the newest for a release
-- of the package is what every process reads its prices from.

create table llm_catalogues (
  package text not null,
  digest text not null,
  version text not null,
  source text not null,
  models integer not null,
  document bytea not null,
  added_by uuid,
  added_at timestamptz not null default now(),
  checked_at timestamptz not null default now(),
  constraint pk_llm_catalogues primary key (package, digest)
);

grant select, insert, update, delete on llm_catalogues to codex32_app, codex32_scheduler;
grant select on llm_catalogues to codex32_gateway;
