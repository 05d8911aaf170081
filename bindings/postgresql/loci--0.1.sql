-- loci--0.1.sql - what CREATE EXTENSION loci makes; docs/databases.md tells of it.
\echo Use "CREATE EXTENSION loci" to load this file. \quit

-- A memory, an archive or a forecaster: the bytes of a file of `loci remember` or of `loci forecast`.
CREATE TYPE loci_summary;
CREATE FUNCTION loci_summary_in(cstring) RETURNS loci_summary AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_summary_out(loci_summary) RETURNS cstring AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_summary_recv(internal) RETURNS loci_summary AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_summary_send(loci_summary) RETURNS bytea AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE TYPE loci_summary (
    INPUT = loci_summary_in, OUTPUT = loci_summary_out, RECEIVE = loci_summary_recv, SEND = loci_summary_send,
    INTERNALLENGTH = VARIABLE, ALIGNMENT = int4, STORAGE = external);
CREATE FUNCTION loci_summary_of_bytea(bytea) RETURNS loci_summary AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE CAST (loci_summary AS bytea) WITHOUT FUNCTION;
CREATE CAST (bytea AS loci_summary) WITH FUNCTION loci_summary_of_bytea(bytea);

-- What aggregates have in common.
CREATE FUNCTION loci_collected_combine(internal, internal) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_collected_serial(internal) RETURNS bytea AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_collected_deserial(bytea, internal) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_collected_end(internal) RETURNS loci_summary AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;

-- loci_memory(value [, time [, order [, detail]]])
CREATE FUNCTION loci_memory_step(internal, float8) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_memory_step(internal, float8, float8) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_memory_step(internal, float8, float8, int) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_memory_step(internal, float8, float8, int, int) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_memory_step(internal, float8, timestamptz) RETURNS internal AS 'MODULE_PATHNAME', 'loci_memory_step_stamped' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_memory_step(internal, float8, timestamptz, int) RETURNS internal AS 'MODULE_PATHNAME', 'loci_memory_step_stamped' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_memory_step(internal, float8, timestamptz, int, int) RETURNS internal AS 'MODULE_PATHNAME', 'loci_memory_step_stamped' LANGUAGE C IMMUTABLE PARALLEL SAFE;

-- Rows without times count by their order, so that workers cannot share them.
CREATE AGGREGATE loci_memory(value float8) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE loci_memory(value float8, "time" float8) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_memory(value float8, "time" float8, "order" int) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_memory(value float8, "time" float8, "order" int, detail int) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_memory(value float8, "time" timestamptz) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_memory(value float8, "time" timestamptz, "order" int) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_memory(value float8, "time" timestamptz, "order" int, detail int) (
    SFUNC = loci_memory_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);

-- loci_archive(value [, time], what)
CREATE FUNCTION loci_archive_step(internal, float8, text) RETURNS internal AS 'MODULE_PATHNAME', 'loci_archive_step_untimed' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_archive_step(internal, float8, float8, text) RETURNS internal AS 'MODULE_PATHNAME', 'loci_archive_step_timed' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_archive_step(internal, float8, timestamptz, text) RETURNS internal AS 'MODULE_PATHNAME', 'loci_archive_step_stamped' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE loci_archive(value float8, what text) (
    SFUNC = loci_archive_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE loci_archive(value float8, "time" float8, what text) (
    SFUNC = loci_archive_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_archive(value float8, "time" timestamptz, what text) (
    SFUNC = loci_archive_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);

-- loci_readout(value [, time] [, what])
CREATE FUNCTION loci_readout_step(internal, float8) RETURNS internal AS 'MODULE_PATHNAME', 'loci_readout_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_readout_step(internal, float8, text) RETURNS internal AS 'MODULE_PATHNAME', 'loci_readout_step_told' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_readout_step(internal, float8, float8) RETURNS internal AS 'MODULE_PATHNAME', 'loci_readout_step_timed' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_readout_step(internal, float8, float8, text) RETURNS internal AS 'MODULE_PATHNAME', 'loci_readout_step_timed_told' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_readout_step(internal, float8, timestamptz) RETURNS internal AS 'MODULE_PATHNAME', 'loci_readout_step_stamped' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_readout_step(internal, float8, timestamptz, text) RETURNS internal AS 'MODULE_PATHNAME', 'loci_readout_step_stamped_told' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE loci_readout(value float8) (
    SFUNC = loci_readout_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE loci_readout(value float8, what text) (
    SFUNC = loci_readout_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE);
CREATE AGGREGATE loci_readout(value float8, "time" float8) (
    SFUNC = loci_readout_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_readout(value float8, "time" float8, what text) (
    SFUNC = loci_readout_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_readout(value float8, "time" timestamptz) (
    SFUNC = loci_readout_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);
CREATE AGGREGATE loci_readout(value float8, "time" timestamptz, what text) (
    SFUNC = loci_readout_step, STYPE = internal, FINALFUNC = loci_collected_end, FINALFUNC_MODIFY = READ_WRITE,
    COMBINEFUNC = loci_collected_combine, SERIALFUNC = loci_collected_serial, DESERIALFUNC = loci_collected_deserial, PARALLEL = SAFE);

-- loci_rollup(summary): one of many that follow one another
CREATE FUNCTION loci_rollup_step(internal, loci_summary) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_rollup_combine(internal, internal) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE FUNCTION loci_rollup_serial(internal) RETURNS bytea AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_rollup_deserial(bytea, internal) RETURNS internal AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_rollup_end(internal) RETURNS loci_summary AS 'MODULE_PATHNAME' LANGUAGE C IMMUTABLE PARALLEL SAFE;
CREATE AGGREGATE loci_rollup(summary loci_summary) (
    SFUNC = loci_rollup_step, STYPE = internal, FINALFUNC = loci_rollup_end, COMBINEFUNC = loci_rollup_combine,
    SERIALFUNC = loci_rollup_serial, DESERIALFUNC = loci_rollup_deserial, PARALLEL = SAFE);

-- Questions; times as seconds (since 1970 where they came as timestamptz), or as timestamptz.
CREATE FUNCTION loci_value(summary loci_summary, "time" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_value' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_derivative(summary loci_summary, "time" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_derivative' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_mean(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_mean(summary loci_summary, "from" float8, "to" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_mean' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_integral(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_integral' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_integral(summary loci_summary, "from" float8, "to" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_integral' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_error(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_error' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_error(summary loci_summary, "from" float8, "to" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_error' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_min(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_min' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_min(summary loci_summary, "from" float8, "to" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_min' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_max(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_max' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_max(summary loci_summary, "from" float8, "to" float8) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_max' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_start(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_start' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_end(summary loci_summary) RETURNS float8 AS 'MODULE_PATHNAME', 'loci_ask_end' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_samples(summary loci_summary) RETURNS bigint AS 'MODULE_PATHNAME', 'loci_ask_samples' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_points(summary loci_summary, n int, OUT "time" float8, OUT value float8) RETURNS SETOF record AS 'MODULE_PATHNAME', 'loci_ask_points' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 1000;

CREATE FUNCTION loci_forecast(summary loci_summary, OUT "time" float8, OUT value float8, OUT lower80 float8, OUT upper80 float8, OUT lower95 float8, OUT upper95 float8) RETURNS SETOF record AS 'MODULE_PATHNAME', 'loci_ask_forecast' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 96;
CREATE FUNCTION loci_forecast(summary loci_summary, n int, OUT "time" float8, OUT value float8, OUT lower80 float8, OUT upper80 float8, OUT lower95 float8, OUT upper95 float8) RETURNS SETOF record AS 'MODULE_PATHNAME', 'loci_ask_forecast' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 96;

CREATE FUNCTION loci_seconds("time" timestamptz) RETURNS float8 AS 'SELECT extract(epoch FROM $1)::float8' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_value(summary loci_summary, "time" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_value($1, @extschema@.loci_seconds($2))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_derivative(summary loci_summary, "time" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_derivative($1, @extschema@.loci_seconds($2))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_mean(summary loci_summary, "from" timestamptz, "to" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_mean($1, @extschema@.loci_seconds($2), @extschema@.loci_seconds($3))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_integral(summary loci_summary, "from" timestamptz, "to" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_integral($1, @extschema@.loci_seconds($2), @extschema@.loci_seconds($3))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_error(summary loci_summary, "from" timestamptz, "to" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_error($1, @extschema@.loci_seconds($2), @extschema@.loci_seconds($3))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_min(summary loci_summary, "from" timestamptz, "to" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_min($1, @extschema@.loci_seconds($2), @extschema@.loci_seconds($3))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
CREATE FUNCTION loci_max(summary loci_summary, "from" timestamptz, "to" timestamptz) RETURNS float8 AS 'SELECT @extschema@.loci_max($1, @extschema@.loci_seconds($2), @extschema@.loci_seconds($3))' LANGUAGE SQL IMMUTABLE STRICT PARALLEL SAFE;
