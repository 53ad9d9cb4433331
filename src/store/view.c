/* SPDX-License-Identifier: MIT */
/* view.c: one session's picture of its mailbox, behind the mailbox by exactly what was not told yet. */
#include "store/view.h"
#include <string.h>

static void
reserve (GpoView *view, guint32 n)
{
  if (n <= view->size)
    return;
  view->size = MAX (n, view->size + view->size / 8 + 16);
  view->slots = g_renew (guint32, view->slots, view->size);
}

/* \Recent goes to the first session that is told of a letter; one that only reads sees it and leaves it to
 * the next (RFC 3501 §2.3.2). */
static void
claim_recent (GpoView *view)
{
  GpoMailbox *mailbox = view->mailbox;
  guint32 first = mailbox->first_recent;
  if (view->recent->len)
    first = MAX (first, g_array_index (view->recent, guint32, view->recent->len - 1) + 1);
  if (first >= mailbox->uidnext)
    return;
  guint32 pair[2] = { first, mailbox->uidnext - 1 };
  g_array_append_vals (view->recent, pair, 2);
  if (view->read_only)
    return;
  mailbox->first_recent = mailbox->uidnext;
  mailbox->class->claimed (mailbox);
}

static void
take_in (GpoView *view)
{
  GpoMailbox *mailbox = view->mailbox;
  claim_recent (view);
  reserve (view, view->n + (mailbox->n_slots - view->next_slot));
  for (; view->next_slot < mailbox->n_slots; view->next_slot++)
    if (!(gpo_mailbox_message (mailbox, view->next_slot)->flags & GPO_FLAG_EXPUNGED))
      view->slots[view->n++] = view->next_slot;
}

GpoView *
gpo_view_new (GpoMailbox *mailbox, gboolean read_only)
{
  GpoView *view = g_new0 (GpoView, 1);
  view->mailbox = gpo_mailbox_ref (mailbox);
  view->read_only = read_only;
  view->flags = g_array_new (FALSE, FALSE, sizeof (guint32));
  view->recent = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_ptr_array_add (mailbox->views, view);
  reserve (view, mailbox->n_messages);
  take_in (view);
  return view;
}

void
gpo_view_free (GpoView *view)
{
  g_ptr_array_remove (view->mailbox->views, view);
  gpo_mailbox_unref (view->mailbox);
  g_array_unref (view->flags);
  g_array_unref (view->recent);
  g_free (view->slots);
  g_free (view);
}

/* --- finding --- */

/* The index in `slots` of the first that is at least `slot`. */
static guint32
index_of (const GpoView *view, guint32 slot)
{
  guint32 low = 0, high = view->n;
  if (slot < high && view->slots[slot] == slot) /* nothing before it was ever expunged */
    return slot;
  while (low < high)
    {
      guint32 middle = low + (high - low) / 2;
      if (view->slots[middle] < slot)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

guint32
gpo_view_number (const GpoView *view, guint32 slot)
{
  guint32 i = index_of (view, slot);
  return i < view->n && view->slots[i] == slot ? i + 1 : 0;
}

guint32
gpo_view_find (const GpoView *view, guint32 uid)
{
  return index_of (view, gpo_mailbox_find (view->mailbox, uid)) + 1;
}

gboolean
gpo_view_is_recent (const GpoView *view, guint32 uid)
{
  for (guint i = view->recent->len; i > 0; i -= 2)
    if (uid >= g_array_index (view->recent, guint32, i - 2))
      return uid <= g_array_index (view->recent, guint32, i - 1);
  return FALSE;
}

guint32
gpo_view_n_recent (const GpoView *view)
{
  guint32 n = 0;
  for (guint i = 0; i < view->recent->len; i += 2)
    {
      guint64 last = g_array_index (view->recent, guint32, i + 1);
      guint32 from = gpo_view_find (view, g_array_index (view->recent, guint32, i));
      guint32 to = last == G_MAXUINT32 ? view->n + 1 : gpo_view_find (view, last + 1);
      n += to - from;
    }
  return n;
}

/* --- telling --- */

gboolean
gpo_view_is_stale (const GpoView *view)
{
  return view->n_expunged > 0 || view->flags->len > 0 || view->next_slot < view->mailbox->n_slots;
}

void
gpo_view_tell_expunged (GpoView *view, void (*tell) (guint32 number, guint32 slot, gpointer data),
                        gpointer data)
{
  guint32 left = view->n_expunged, i = view->n, end = view->n;
  if (left == 0)
    return;
  while (i > 0 && left > 0)
    {
      guint32 slot = view->slots[--i];
      if (!(gpo_mailbox_message (view->mailbox, slot)->flags & GPO_FLAG_EXPUNGED))
        continue;
      tell (i + 1, slot, data);
      left--;
    }
  guint32 to = i;
  for (; i < end; i++)
    if (!(gpo_mailbox_message (view->mailbox, view->slots[i])->flags & GPO_FLAG_EXPUNGED))
      view->slots[to++] = view->slots[i];
  view->n = to;
  view->n_expunged = 0;
}

gboolean
gpo_view_tell_added (GpoView *view)
{
  guint32 before = view->n;
  if (view->next_slot == view->mailbox->n_slots)
    return FALSE;
  take_in (view);
  return view->n > before;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;
  return (x > y) - (x < y);
}

GArray *
gpo_view_take_flags (GpoView *view)
{
  if (view->flags->len == 0)
    return NULL;
  GArray *numbers = view->flags;
  view->flags = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint kept = 0;
  for (guint i = 0; i < numbers->len; i++)
    {
      guint32 slot = g_array_index (numbers, guint32, i), number = gpo_view_number (view, slot);
      if (number && !(gpo_mailbox_message (view->mailbox, slot)->flags & GPO_FLAG_EXPUNGED))
        g_array_index (numbers, guint32, kept++) = number;
    }
  g_array_set_size (numbers, kept);
  g_array_sort (numbers, compare_numbers);
  guint unique = 0;
  for (guint i = 0; i < numbers->len; i++)
    if (i == 0 || g_array_index (numbers, guint32, i) != g_array_index (numbers, guint32, unique - 1))
      g_array_index (numbers, guint32, unique++) = g_array_index (numbers, guint32, i);
  g_array_set_size (numbers, unique);
  return numbers;
}

/* --- called by the mailbox --- */

static void
tell_owner (GpoView *view)
{
  if (view->changed)
    view->changed (view, view->changed_data);
}

void
gpo_view_note_flags (GpoView *view, const guint32 *slots, guint n, gboolean own)
{
  if (own)
    return;
  g_array_append_vals (view->flags, slots, n);
  tell_owner (view);
}

void
gpo_view_note_expunged (GpoView *view, const guint32 *slots, guint n)
{
  for (guint i = 0; i < n; i++)
    view->n_expunged += slots[i] < view->next_slot;
  tell_owner (view);
}

void
gpo_view_note_added (GpoView *view)
{
  tell_owner (view);
}

void
gpo_view_note_gone (GpoView *view)
{
  tell_owner (view);
}
