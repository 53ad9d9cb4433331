/* SPDX-License-Identifier: MIT */
/* world.h: the world as of event n, in words and as JSON: `glasspost show TRACE --at N`.
 *
 *     The world after event 305 of 323, at 3.676 s
 *       athens smtp 6: rcpt → data   RFC 5321 §4.1.1.4
 *
 *     Sessions
 *       6  athens smtp    data     client: letter    from gateway   letter 5   TLS
 *     Queues …, Mailboxes …, Letters …
 *
 * Open sessions, letters that wait, what lies in every mailbox, where each letter is. Pure: a picture
 * and n in, text out, harmless for a terminal. */
#pragma once
#include "replay/picture.h"
#include "trace/transcript.h"

G_BEGIN_DECLS

/* Appends the world after event n, which is below gpo_picture_length(), as lines. */
void gpo_world_to_text (GString *out, GpoPicture *picture, guint64 n, GpoTranscriptFlags flags);

/* The same as one JSON object (docs/replay.md names its members). The caller frees. */
char *gpo_world_to_json (GpoPicture *picture, guint64 n);

G_END_DECLS
