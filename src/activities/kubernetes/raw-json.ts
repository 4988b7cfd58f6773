import { Observable, ResponseContext } from '@kubernetes/client-node';
import type { ConfigurationOptions, RequestContext } from '@kubernetes/client-node';

export interface JsonObject {
  readonly [field: string]: unknown;
}

/**
 * The JSON of an answer as the server wrote it. The client's own objects drop fields that it
 * does not know (of a newer cluster), so they must not be stored or sent back.
 */
export async function rawJson(
  call: (options: ConfigurationOptions) => Promise<unknown>,
): Promise<JsonObject> {
  let text = '{}';
  const keepText = {
    pre: (request: RequestContext) => new Observable(Promise.resolve(request)),
    post: (response: ResponseContext) =>
      new Observable(
        response.body.text().then((body) => {
          text = body;
          // A body can be read once: the client gets its own copy.
          const copy = {
            text: () => Promise.resolve(body),
            binary: () => Promise.resolve(Buffer.from(body)),
          };
          return new ResponseContext(response.httpStatusCode, response.headers, copy);
        }),
      ),
  };
  await call({ middlewareMergeStrategy: 'append', middleware: [keepText] });
  return JSON.parse(text) as JsonObject;
}
