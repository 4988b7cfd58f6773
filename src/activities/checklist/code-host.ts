/** What a code hosting service is asked. What goes wrong is in the answers. */
import type { CodeRepository } from '../../domain/checklist.ts';
import type { CommitCheck } from '../../domain/checklist-checks.ts';
import type { Answer } from './answer.ts';

export interface CodeHost {
  /** One look at one tag: what is asked twice is looked up once. */
  look(repository: CodeRepository, tag: string, signal: AbortSignal): TagLook;
}

export interface TagLook {
  /** The published release of the tag. */
  release(): Promise<Answer<PublishedRelease>>;
  /** Text of a file as it is at the tag. */
  file(path: string): Promise<Answer<TaggedFile>>;
  /** Every check of the tag's commit, as it stands after its last run. */
  checks(): Promise<Answer<readonly CommitCheck[]>>;
}

export interface PublishedRelease {
  readonly notes: string;
  readonly link: string;
}

export interface TaggedFile {
  readonly text: string;
  readonly link?: string;
}
