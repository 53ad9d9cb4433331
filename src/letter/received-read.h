/* SPDX-License-Identifier: MIT */
/* received-read.h: what a Received field says: one hop, as the host that took the letter saw it.
 *
 * RFC 5321 §4.4. Read leniently: whatever stands there in whatever order, as many programs write it; what is
 * missing is NULL. Only the field of the host you trust is to be believed: those below it came with the
 * letter. Pure; any thread. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *from;      /* what the client called itself */
  char *from_info; /* what the host saw, in parentheses: name and address */
  char *by;        /* the host that writes this */
  char *via, *with, *id;
  char *for_path; /* without angle brackets */
  gboolean dated;
  gint64 when; /* µs since 1970 */
  int zone;    /* minutes east of UTC */
} GpoStamp;

/* Reads a field's value, with its folding. Free with gpo_stamp_clear(). Texts are UTF-8. */
void gpo_stamp_init (GpoStamp *stamp, const char *value, gsize length);
void gpo_stamp_clear (GpoStamp *stamp);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GpoStamp, gpo_stamp_clear)

G_END_DECLS
