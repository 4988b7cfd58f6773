/**
 * Traces of releases, by OTLP over HTTP, where OpenTelemetry's standard variables name a collector. Its packages
 * are loaded only then, and only then are workflows bundled with its interceptors.
 */
import { createRequire } from 'node:module';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks, Logger } from '@temporalio/worker';
import type { Environment } from './connection-settings.ts';

export interface Tracing {
  readonly activity: ActivityInterceptorsFactory;
  readonly client: WorkflowClientInterceptor;
  readonly sinks: InjectedSinks<never>;
  readonly workflowModules: readonly string[];
  /** Sends what is not yet sent; never rejects. */
  readonly close: () => Promise<void>;
}

/** In a bundle, as the interceptors' own plugin names it. */
const workflowModule = '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors';

/** Paths of what a traced worker's bundle holds besides the workflows. */
export function tracedWorkflowModules(): readonly string[] {
  return [createRequire(import.meta.url).resolve(workflowModule)];
}

export function isTraced(environment: Environment): boolean {
  const endpoint =
    environment['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return (
    Boolean(endpoint) &&
    environment['OTEL_SDK_DISABLED'] !== 'true' &&
    environment['OTEL_TRACES_EXPORTER'] !== 'none'
  );
}

/** `undefined` where no collector is named. */
export async function openTracing(
  log: Pick<Logger, 'warn'>,
  environment: Environment = process.env,
): Promise<Tracing | undefined> {
  if (!isTraced(environment)) return undefined;
  const [
    api,
    temporalWorker,
    temporalClient,
    { OTLPTraceExporter },
    resources,
    sdk,
    { redacting },
    { asyncContext },
    { tracingLog },
  ] = await Promise.all([
    import('@opentelemetry/api'),
    import('@temporalio/interceptors-opentelemetry/lib/worker/index.js'),
    import('@temporalio/interceptors-opentelemetry/lib/client/index.js'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
    import('./redacted-spans.ts'),
    import('./trace-context.ts'),
    import('./tracing-log.ts'),
  ]);
  const logLevel = api.DiagLogLevel.WARN;
  api.diag.setLogger(tracingLog(log), { logLevel, suppressOverrideMessage: true });
  const resource = new resources.Resource({ 'service.name': 'fairway' }).merge(
    resources.detectResourcesSync({ detectors: [resources.envDetectorSync] }),
  );
  const processor = new sdk.BatchSpanProcessor(redacting(new OTLPTraceExporter()));
  const provider = new sdk.BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ contextManager: asyncContext() });
  const tracer = api.trace.getTracer('fairway');
  const { exporter } = { exporter: temporalWorker.makeWorkflowExporter(processor, resource) };
  const exportSpans = exporter.export.fn as (info: object, ...spans: never) => void;
  return {
    activity: (context) => ({
      inbound: new temporalWorker.OpenTelemetryActivityInboundInterceptor(context, { tracer }),
      outbound: new temporalWorker.OpenTelemetryActivityOutboundInterceptor(context),
    }),
    client: new temporalClient.OpenTelemetryWorkflowClientInterceptor({ tracer }),
    sinks: {
      exporter: {
        export: {
          // All that the SDK knows of a workflow would become attributes of each span, its memo among them.
          fn: ({ workflowId, runId, workflowType }: Record<string, unknown>, ...spans: never) =>
            exportSpans({ workflowId, runId, workflowType }, ...spans),
        },
      },
    } as unknown as InjectedSinks<never>,
    workflowModules: tracedWorkflowModules(),
    // A collector that is away is no reason to end badly.
    close: () =>
      provider
        .shutdown()
        .catch((error: unknown) => api.diag.error(error instanceof Error ? error.message : String(error))),
  };
}
