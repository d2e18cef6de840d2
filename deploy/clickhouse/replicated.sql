-- Finora's tables on one shard of several replicas: every machine has everything.
-- Run it once in an empty database that is on every machine, before Finora's first start. Finora finds the tables and makes none.
-- It wants a Keeper, and the macros {cluster} and {replica} on every machine.
--
--   clickhouse-client --host … --user … --password --database finora --queries-file deploy/clickhouse/replicated.sql
--
-- Then give Finora's user, here called finora, the profile that is made below:
--
--   ALTER USER finora ON CLUSTER '{cluster}' SETTINGS PROFILE 'finora';
--
-- Made by: python -m finora.storage.events.clickhouse.ddl replicated
-- This was not tried on a real cluster.

-- Ids of names repeat, though they are numbers.
SET allow_suspicious_low_cardinality_types = 1;

-- A write that Finora was told is there is on most replicas, and a question sees all writes before it, whichever replica it asks.
-- Finora writes one insert at a time, so that this costs little. What goes to other machines is there when the insert ends.
CREATE SETTINGS PROFILE IF NOT EXISTS finora ON CLUSTER '{cluster}' SETTINGS
  insert_quorum = 'auto',
  insert_quorum_parallel = 0,
  select_sequential_consistency = 1,
  distributed_foreground_insert = 1,
  prefer_global_in_and_join = 1;

CREATE TABLE IF NOT EXISTS segments ON CLUSTER '{cluster}' (
  kind LowCardinality(String),
  connection UInt16,
  bucket Int32,
  version Int64,
  rows Int64,
  note String
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/segments', '{replica}')
ORDER BY (kind, connection, bucket, version);

CREATE TABLE IF NOT EXISTS attempts ON CLUSTER '{cluster}' (
  kind LowCardinality(String),
  connection UInt16,
  bucket Int32,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/attempts', '{replica}')
ORDER BY (version, kind, connection, bucket);

CREATE TABLE IF NOT EXISTS events_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  ts Int64 CODEC(DoubleDelta, ZSTD(1)),
  ordinal UInt32,
  person LowCardinality(Int64),
  service_account LowCardinality(Int64),
  model LowCardinality(Int64),
  kind LowCardinality(Int64),
  billing UInt8,
  event_type LowCardinality(Int64),
  basis UInt8,
  apportioned Bool,
  chargeable Bool,
  cost Nullable(Int64) CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  max_mode Bool,
  headless Bool,
  token_based Bool,
  conversation Nullable(String) CODEC(ZSTD(1)),
  cloud_agent Nullable(String) CODEC(ZSTD(1)),
  automation Nullable(String) CODEC(ZSTD(1)),
  extra Nullable(String) CODEC(ZSTD(1)),
  run UInt32,
  bucket Int32,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/events_kept', '{replica}')
PARTITION BY toYYYYMM(toDateTime(intDiv(ts, 1000), 'UTC'))
ORDER BY (ts, connection, ordinal);

CREATE TABLE IF NOT EXISTS daily_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  kind LowCardinality(Int64),
  event_type LowCardinality(Int64),
  basis UInt8,
  max_mode Bool,
  headless Bool,
  model LowCardinality(Int64),
  service_account LowCardinality(Int64),
  person LowCardinality(Int64),
  cost Int64 CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/daily_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, kind, event_type, basis, max_mode, headless, model, service_account, person);

CREATE TABLE IF NOT EXISTS hourly_people_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  service_account LowCardinality(Int64),
  hour UInt8,
  person LowCardinality(Int64),
  cost Int64 CODEC(T64, ZSTD(1)),
  tokens Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/hourly_people_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, service_account, hour, person);

CREATE TABLE IF NOT EXISTS hourly_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  model LowCardinality(Int64),
  hour UInt8,
  cost Int64 CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/hourly_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, model, hour);

CREATE TABLE IF NOT EXISTS hourly_kinds_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  kind LowCardinality(Int64),
  event_type LowCardinality(Int64),
  basis UInt8,
  max_mode Bool,
  headless Bool,
  hour UInt8,
  cost Int64 CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/hourly_kinds_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, kind, event_type, basis, max_mode, headless, hour);

CREATE TABLE IF NOT EXISTS hours_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  hour UInt8,
  cost Int64 CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/hours_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, hour);

CREATE TABLE IF NOT EXISTS daily_people_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  service_account LowCardinality(Int64),
  person LowCardinality(Int64),
  cost Int64 CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/daily_people_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, service_account, person);

CREATE TABLE IF NOT EXISTS daily_models_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  day Int32,
  chargeable Bool,
  billing UInt8,
  kind LowCardinality(Int64),
  event_type LowCardinality(Int64),
  basis UInt8,
  max_mode Bool,
  headless Bool,
  model LowCardinality(Int64),
  cost Int64 CODEC(T64, ZSTD(1)),
  fee Int64 CODEC(T64, ZSTD(1)),
  list_cost Int64 CODEC(T64, ZSTD(1)),
  discount Int64 CODEC(T64, ZSTD(1)),
  input_tokens Int64 CODEC(T64, ZSTD(1)),
  output_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_write_tokens Int64 CODEC(T64, ZSTD(1)),
  cache_read_tokens Int64 CODEC(T64, ZSTD(1)),
  requests Int64 CODEC(T64, ZSTD(1)),
  events Int64 CODEC(T64, ZSTD(1)),
  unpriced Int64 CODEC(T64, ZSTD(1)),
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/daily_models_kept', '{replica}')
PARTITION BY toYYYYMM(addDays(toDate32('1970-01-01'), day))
ORDER BY (connection, day, chargeable, billing, kind, event_type, basis, max_mode, headless, model);

CREATE TABLE IF NOT EXISTS reads_kept ON CLUSTER '{cluster}' (
  id Int32,
  connection UInt16,
  run UInt32,
  start_ms Int64,
  end_ms Int64,
  read_at Int64,
  before_events Int64,
  before_spend Int64,
  before_usage_value Int64,
  after_events Int64,
  after_spend Int64,
  after_usage_value Int64,
  added Int64,
  revised Int64,
  withdrawn Int64,
  retained Int64,
  revision Bool,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/reads_kept', '{replica}')
ORDER BY (connection, id, version);

CREATE TABLE IF NOT EXISTS revised_events_kept ON CLUSTER '{cluster}' (
  read_id Int32,
  connection UInt16,
  ts Int64,
  ordinal UInt32,
  cost Nullable(Int64),
  chargeable Bool,
  kind Int64,
  fee Int64,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/revised_events_kept', '{replica}')
ORDER BY (connection, ts, ordinal, read_id);

CREATE TABLE IF NOT EXISTS covered_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  start_ms Int64,
  end_ms Int64,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/covered_kept', '{replica}')
ORDER BY (connection, version);

CREATE TABLE IF NOT EXISTS found_empty_kept ON CLUSTER '{cluster}' (
  connection UInt16,
  start_ms Int64,
  end_ms Int64,
  read_at Int64,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/found_empty_kept', '{replica}')
ORDER BY (connection, version);

CREATE TABLE IF NOT EXISTS flat_charges_kept ON CLUSTER '{cluster}' (
  day Int32,
  connection UInt16,
  person Int64,
  model Int64,
  kind Int64,
  event_type Int64,
  amount Int64,
  version Int64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/flat_charges_kept', '{replica}')
ORDER BY (day, version);

CREATE TABLE IF NOT EXISTS persons_kept ON CLUSTER '{cluster}' (
  id Int64,
  key String,
  label String,
  team String,
  team_label String,
  version Int64,
  deleted UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/persons_kept', '{replica}', version, deleted)
ORDER BY (id);

CREATE TABLE IF NOT EXISTS service_accounts_kept ON CLUSTER '{cluster}' (
  id Int64,
  key String,
  label String,
  version Int64,
  deleted UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/service_accounts_kept', '{replica}', version, deleted)
ORDER BY (id);

CREATE TABLE IF NOT EXISTS models_kept ON CLUSTER '{cluster}' (
  id Int64,
  key String,
  label String,
  vendor String,
  vendor_label String,
  family String,
  family_label String,
  version Int64,
  deleted UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/models_kept', '{replica}', version, deleted)
ORDER BY (id);

CREATE TABLE IF NOT EXISTS kinds_kept ON CLUSTER '{cluster}' (
  id Int64,
  key String,
  label String,
  version Int64,
  deleted UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/kinds_kept', '{replica}', version, deleted)
ORDER BY (id);

CREATE TABLE IF NOT EXISTS event_types_kept ON CLUSTER '{cluster}' (
  id Int64,
  key String,
  label String,
  version Int64,
  deleted UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/event_types_kept', '{replica}', version, deleted)
ORDER BY (id);

CREATE TABLE IF NOT EXISTS connections_kept ON CLUSTER '{cluster}' (
  id Int64,
  key String,
  label String,
  provider String,
  provider_label String,
  version Int64,
  deleted UInt8
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/connections_kept', '{replica}', version, deleted)
ORDER BY (id);
