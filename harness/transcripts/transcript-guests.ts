/** All guests in which docs/DIAGNOSE.md types. */
import { FROM_OTHERS } from './from-others.ts'
import { FROM_PLAIN } from './from-plain.ts'
import type { TranscriptGuest } from './transcript.ts'

/** In the order in which they are booted. */
export const TRANSCRIPT_GUESTS: readonly TranscriptGuest[] = [FROM_PLAIN, ...FROM_OTHERS]
