/**
 * Loaded into every process of a step: ends it when the run that started it is gone, kill -9 included, so that nothing
 * works on beside a resumed run.
 */
process.on('disconnect', () => process.exit(1));
process.channel?.unref();
