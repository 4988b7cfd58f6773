/** The version that an image reference carries, for people. */
import { imageTag } from './image.ts';

/** The tag; the reference itself when it has none. */
export function versionOf(image: string): string {
  return imageTag(image) ?? image;
}
