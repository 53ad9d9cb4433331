/* SPDX-License-Identifier: MIT */
/* transcript-internal.h: what the transcript and the ladder share of event-text.c. */
#pragma once
#include "trace/transcript.h"

G_BEGIN_DECLS

/* What the event says, without its number, host and session. */
void gpo_event_words (GString *out, const GpoEvent *event, GpoTranscriptFlags flags);

G_END_DECLS
