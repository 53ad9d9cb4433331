/* SPDX-License-Identifier: MIT */
/* summary.h: a letter in one line of a list, and a letter as a person reads it.
 *
 * Pure. Any thread. */
#pragma once
#include "letter/anatomy.h"

G_BEGIN_DECLS

/* Decoded to UTF-8, never NULL once filled. */
typedef struct
{
  char *from; /* "Bob <bob@sparta.example>" */
  char *to;
  char *subject;
  gint64 date; /* of the Date field, µs since 1970; 0: there is none that can be read */
} GpoSummary;

/* Fills a zeroed summary from a header, or from a whole letter. */
void gpo_summary_init (GpoSummary *summary, const char *bytes, gsize length);
void gpo_summary_clear (GpoSummary *summary);

/* A file in a letter. */
typedef struct
{
  char *name;    /* without folders; "part 2" where the sender gave none */
  char *type;    /* "image/png"; "uuencoded" for the old way */
  GBytes *bytes; /* decoded */
} GpoAttachment;

/* A letter opened: what is to be read at once, and what is attached. */
typedef struct
{
  GpoSummary summary;
  char *cc;   /* "" if there is none */
  char *text; /* the text parts, one behind the other, LF line ends; without uuencoded files */
  GPtrArray
      *attachments; /* of GpoAttachment: parts that are no plain text, and uuencoded files in the text */
} GpoReading;

/* Opens a letter; bytes are copied. Never fails. */
GpoReading *gpo_reading_new (const char *bytes, gsize length);
void gpo_reading_free (GpoReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoReading, gpo_reading_free)
/* Whether the words stand in sender, recipients, subject or text; case ignored. */
gboolean gpo_reading_has (const GpoReading *reading, const char *words);

G_END_DECLS
