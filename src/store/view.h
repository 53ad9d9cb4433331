/* SPDX-License-Identifier: MIT */
/* view.h: what one session knows of the mailbox it has selected.
 *
 * A client counts letters by sequence number, and its numbers may change only when it is told (RFC 3501
 * §7.4.1). So each session has a view: the slots it was told of, in order. The mailbox (mailbox.h) marks what
 * changed; the session tells its client at a moment the protocol allows, and only then the view follows.
 *
 * 4 bytes a letter. No I/O. */
#pragma once
#include "store/mailbox.h"

G_BEGIN_DECLS

struct GpoView
{
  GpoMailbox *mailbox; /* a reference */
  gboolean read_only;  /* EXAMINE: sees \Recent, takes it from nobody */
  guint32 *slots;      /* the letter with sequence number i + 1 */
  guint32 n;           /* letters told: EXISTS */
  guint32 next_slot;   /* slots from here on were not told yet */
  GArray *flags;    /* of guint32: slots whose flags changed and were not told; in no order, perhaps twice */
  guint n_expunged; /* letters among `slots` that are expunged and not told */
  GArray *recent;   /* of guint32: pairs first, last of UIDs that are \Recent here */
  /* Something is to be told: called on the office's thread. May be NULL. The data is the session
   * (GpoSession), for the trace too. */
  void (*changed) (GpoView *view, gpointer data);
  gpointer changed_data;
  /*< private >*/
  guint32 size;
};

/* A view of all letters there are now; those that no session had yet are \Recent in it, and in no later one
 * unless read_only. */
GpoView *gpo_view_new (GpoMailbox *mailbox, gboolean read_only);
void gpo_view_free (GpoView *view);

/* The letter with this sequence number (1 … n). */
static inline GpoMessage *
gpo_view_message (const GpoView *view, guint32 number)
{
  return gpo_mailbox_message (view->mailbox, view->slots[number - 1]);
}
/* The sequence number of a slot, or 0 if the client does not know it. */
guint32 gpo_view_number (const GpoView *view, guint32 slot);
/* The lowest sequence number whose UID is at least `uid`; n + 1 if there is none. */
guint32 gpo_view_find (const GpoView *view, guint32 uid);
gboolean gpo_view_is_recent (const GpoView *view, guint32 uid);
guint32 gpo_view_n_recent (const GpoView *view);

/* Whether there is anything to tell: letters gone, letters new, flags. */
gboolean gpo_view_is_stale (const GpoView *view);
/* Takes the letters that are gone out of the view, the highest first: calls `tell` with each sequence number
 * (as an EXPUNGE response has it) and slot. */
void gpo_view_tell_expunged (GpoView *view, void (*tell) (guint32 number, guint32 slot, gpointer data),
                             gpointer data);
/* Takes in the letters that are new. TRUE if there are any: EXISTS and RECENT have to be told. */
gboolean gpo_view_tell_added (GpoView *view);
/* Gives the sequence numbers whose flags have to be told, ascending and each once; forgets them. The caller
 * unrefs. NULL: none. */
GArray *gpo_view_take_flags (GpoView *view);

/* Called by the mailbox. */
/* `own`: the change was this view's; its session tells it itself. */
void gpo_view_note_flags (GpoView *view, const guint32 *slots, guint n, gboolean own);
void gpo_view_note_expunged (GpoView *view, const guint32 *slots, guint n);
void gpo_view_note_added (GpoView *view);
void gpo_view_note_gone (GpoView *view);

G_END_DECLS
