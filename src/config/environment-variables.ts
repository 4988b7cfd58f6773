/** The variables that a worker is given: one list for the code, its help and the reference pages. */

/** Each with what it is for. They are read in secrets.ts alone. */
export const secretVariables = {
  SLACK_BOT_TOKEN: 'bot token of Slack (chat:write); without it messages are logged',
  SLACK_API_URL: "another address of Slack's API, for a proxy",
  FAIRWAY_GITHUB_TOKEN: 'token of the code host, for checklists and tickets',
  FAIRWAY_PAGERDUTY_TOKEN: 'REST API key of PagerDuty, read-only, for checklists: who is on call',
  FAIRWAY_PAGERDUTY_ROUTING_KEY: "integration key of PagerDuty's Events API v2; without it nobody is woken",
  FAIRWAY_WEBHOOK_SECRET: 'signs web hooks; without it none is called',
  FAIRWAY_HELM_REPOSITORY_PASSWORD: 'of the repositoryUser that services name for their chart repositories',
} as const;

export type SecretVariable = keyof typeof secretVariables;

/** OpenTelemetry's own; its packages read them where the first or the second is set. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: 'where traces are sent by OTLP over HTTP; without it there are none',
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'the same, with the path',
  OTEL_EXPORTER_OTLP_HEADERS: 'sent along, for example with a token of the collector',
  OTEL_SERVICE_NAME: 'fairway when absent',
  OTEL_RESOURCE_ATTRIBUTES: 'said of every span',
  OTEL_TRACES_SAMPLER: 'which spans of activities are sent; all when absent',
  OTEL_TRACES_SAMPLER_ARG: 'the share of them, for samplers that take one',
  OTEL_TRACES_EXPORTER: 'none: no traces, whatever else is set',
  OTEL_SDK_DISABLED: 'true: the same',
} as const;
