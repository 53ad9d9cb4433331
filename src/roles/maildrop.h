/* SPDX-License-Identifier: MIT */
/* maildrop.h: what a reader that reads by POP3 has fetched: it lives on that between visits. */
#pragma once
#include "roles/reader.h"

G_BEGIN_DECLS

typedef struct
{
  char *id;       /* unique-id: RFC 1939 §7 */
  guint32 flags;  /* the reader's own */
  guint32 number; /* in the visit under way; 0: not there any more */
  GBytes *letter; /* NULL: not fetched yet */
} GpoKeptLetter;

struct GpoMaildrop
{
  GPtrArray *letters; /* of GpoKeptLetter, in the order of the server's numbers */
};

void gpo_kept_letter_free (gpointer letter);
/* The letter of this unique-id; NULL: none. */
GpoKeptLetter *gpo_maildrop_find (GpoMaildrop *maildrop, const char *id);
/* Adds a row for each letter that was fetched and has these words (NULL or "": all). */
void gpo_maildrop_add_rows (GpoMaildrop *maildrop, const char *words, GpoReaderAnswer *answer);
/* Adds the one folder there is. */
void gpo_maildrop_add_inbox (GpoMaildrop *maildrop, GpoReaderAnswer *answer);

G_END_DECLS
