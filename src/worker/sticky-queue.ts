/**
 * What a release has to do next waits so long for the worker that has it in memory, then any other takes it from its
 * history. By default it is ten seconds, in which nothing moves whenever a worker was replaced or has died.
 */
export const stickyQueueScheduleToStartTimeout = '2s';
