/* SPDX-License-Identifier: MIT */
/* uidlist.h: the text in which a mailbox remembers its UIDs: RFC 3501 §2.3.1.1.
 *
 *     list    = head *line
 *     head    = "glasspost-uidlist 1 " uidvalidity [ " " edition ] LF    ; another one each time it is written
 *                                                                        ; whole, so that the journal tells them apart
 *     line    = ( letter / flags / gone / dated / next / keyword / settled ) LF
 *     letter  = "+ " uid " " modseq " " date " " size " " marks " " base     ; this file has this UID
 *     flags   = "f " uid " " uid " " modseq " " marks                        ; first to last UID
 *     gone    = ( "- " / "x " ) uid " " uid " " modseq                       ; x: we unlink the files
 *     dated   = "d " uid " " number                                     ; a date that was "?" is this
 *     date    = number / "?"                                            ; seconds since 1970; ?: nobody asked the file
 *     next    = "n " uidnext " " first-recent " " modseq
 *     keyword = "k " %x61-7A " " name
 *     settled = "s"                 ; all flags above are in the files' names, all x above are unlinked
 *     marks   = 1*( "D" / "F" / "R" / "S" / "T" / %x61-7A ) / "."            ; as in Maildir's file names
 *
 * Lines are only added at the end, so a crash can tear the last one alone; a torn or damaged line costs what
 * it said and nothing else. UIDs grow from line to line, and uidnext is above all that was ever written: so
 * no UID comes back.
 *
 * Pure: mailbox-folder.c has the file. Any thread. */
#pragma once
#include "store/mailbox.h"

G_BEGIN_DECLS

/* A letter in the list. */
typedef struct
{
  guint32 uid;
  guint32 flags; /* GPO_FLAG_…; GPO_FLAG_EXPUNGED: gone */
  guint64 modseq;
  gint64 date;  /* seconds since 1970, or GPO_DATE_UNKNOWN */
  guint32 size; /* in CRLF form */
  guint32 base_length;
  const char *base; /* the file's name without flags, in the text that was read; no NUL behind it */
  guint32 line;     /* the line that changed it last, counted from 1; 0: none */
  gboolean
      unsettled; /* the file's name may not have these flags yet; or, if gone, the file may be there yet */
} GpoUidEntry;

typedef struct
{
  guint32 uidvalidity, uidnext, first_recent;
  guint32 edition;
  guint64 modseq;
  char *keywords[GPO_KEYWORDS_MAX];
  guint n_keywords;
  GArray *entries; /* of GpoUidEntry, by UID */
  gsize whole;     /* bytes to the end of the last whole line */
  guint lines;     /* whole lines behind the head */
  guint damaged;   /* of them, not understood */
} GpoUidlist;

/* Reads a list; the text must outlive it. FALSE: there is no whole head with a UIDVALIDITY; nothing to clear
 * then. */
gboolean gpo_uidlist_read (GpoUidlist *list, const char *text, gsize length);
void gpo_uidlist_clear (GpoUidlist *list);

/* Append one line each. */
void gpo_uidlist_append_head (GString *out, guint32 uidvalidity, guint32 edition);
void gpo_uidlist_append_letter (GString *out, guint32 uid, guint64 modseq, gint64 date, guint32 size,
                                guint32 flags, const char *base);
void gpo_uidlist_append_flags (GString *out, guint32 first, guint32 last, guint64 modseq, guint32 flags);
void gpo_uidlist_append_gone (GString *out, guint32 first, guint32 last, guint64 modseq, gboolean unlink);
void gpo_uidlist_append_date (GString *out, guint32 uid, gint64 date);
void gpo_uidlist_append_next (GString *out, guint32 uidnext, guint32 first_recent, guint64 modseq);
void gpo_uidlist_append_keyword (GString *out, guint index, const char *name);
void gpo_uidlist_append_settled (GString *out);

/* A keyword that can stand in the list: an atom, at most 200 bytes. */
gboolean gpo_uidlist_keyword_is_safe (const char *name, gsize length);

/* Flags as Maildir's letters in ASCII order; room for GPO_MARKS_MAX bytes with the NUL. Returns how many
 * there are. */
#define GPO_MARKS_MAX 34
guint gpo_flags_to_marks (guint32 flags, gboolean passed, char *marks);
/* The other way; letters that are no flags are passed over. *passed: whether there was a P. May be NULL. */
guint32 gpo_flags_from_marks (const char *marks, gsize length, gboolean *passed);

G_END_DECLS
