/* SPDX-License-Identifier: MIT */
/* mailbox-fixture.h: the mailboxes of a Maildir, asked and waited for one thing at a time. */
#pragma once
#include "store-fixture.h"
#include "store/mailbox-maildir.h"
#include "store/view.h"

static GpoMailboxes *mailboxes;
static GpoMailbox *box;

/* What an answer said. */
static gboolean answered;
static GError *answer_error;
static GpoMailbox *answer_mailbox;
static guint32 answer_uid;
static GArray *answer_failed, *answer_slots, *answer_uids;
static GPtrArray *answer_letters;

G_GNUC_UNUSED static void
answer_clear (void)
{
  answered = FALSE;
  g_clear_error (&answer_error);
  g_clear_pointer (&answer_failed, g_array_unref);
  g_clear_pointer (&answer_slots, g_array_unref);
  g_clear_pointer (&answer_uids, g_array_unref);
  g_clear_pointer (&answer_letters, g_ptr_array_unref);
}

static void
answer (const GError *error)
{
  ck_assert_msg (!answered, "answered twice");
  answered = TRUE;
  answer_error = error ? g_error_copy (error) : NULL;
}

G_GNUC_UNUSED static gboolean
too_late (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

/* Runs the loop until `flag`, at most ten seconds. */
G_GNUC_UNUSED static void
wait_until (gboolean *flag)
{
  gboolean late = FALSE;
  guint timer = g_timeout_add_seconds (10, too_late, &late);
  while (!*flag && !late)
    g_main_context_iteration (NULL, TRUE);
  ck_assert_msg (!late, "no answer");
  g_source_remove (timer);
}

/* Waits for the answer; the error's message, or NULL. */
G_GNUC_UNUSED static const char *
outcome (void)
{
  wait_until (&answered);
  return answer_error ? answer_error->message : NULL;
}

#define ask(call)                                                                                            \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    answer_clear ();                                                                                         \
    call;                                                                                                    \
    ck_assert (!answered);                                                                                   \
    ck_assert_msg (outcome () == NULL, "%s", answer_error->message);                                         \
  }                                                                                                          \
  G_STMT_END

#define ask_error(call, expected)                                                                            \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    answer_clear ();                                                                                         \
    call;                                                                                                    \
    ck_assert (outcome () != NULL);                                                                          \
    ck_assert (answer_error->domain == GPO_MAILBOX_ERROR);                                                   \
    ck_assert_int_eq (answer_error->code, expected);                                                         \
  }                                                                                                          \
  G_STMT_END

G_GNUC_UNUSED static void
on_done (const GError *error, gpointer data)
{
  answer (error);
}

G_GNUC_UNUSED static void
on_open (GpoMailbox *mailbox, const GError *error, gpointer data)
{
  answer_mailbox = mailbox;
  answer (error);
}

G_GNUC_UNUSED static void
on_append (guint32 uid, const GError *error, gpointer data)
{
  answer_uid = uid;
  answer (error);
}

G_GNUC_UNUSED static void
on_stored (const guint32 *failed, guint n, const GError *error, gpointer data)
{
  answer_failed = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (answer_failed, failed, n);
  answer (error);
}

G_GNUC_UNUSED static void
on_copied (const guint32 *slots, const guint32 *uids, guint n, const GError *error, gpointer data)
{
  answer_slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  answer_uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (answer_slots, slots, n);
  g_array_append_vals (answer_uids, uids, n);
  answer (error);
}

G_GNUC_UNUSED static void
on_read (GBytes *const *letters, guint n, gpointer data)
{
  answer_letters = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (answer_letters,
                     letters[i] ? g_bytes_ref (letters[i]) : g_bytes_new_static ("(gone)", 6));
  answer (NULL);
}

G_GNUC_UNUSED static void
open_mailboxes (void)
{
  g_autoptr (GError) error = NULL;
  mailboxes = gpo_maildir_mailboxes_new (store, inbox, "sparta.example", "bob", &error);
  ck_assert_msg (mailboxes != NULL, "%s", error ? error->message : "");
}

G_GNUC_UNUSED static GpoMailbox *
open_box (const char *name)
{
  ask (gpo_mailboxes_open (mailboxes, name, on_open, NULL));
  return answer_mailbox;
}

G_GNUC_UNUSED static void
set_up_mailboxes (void)
{
  set_up ();
  open_mailboxes ();
}

G_GNUC_UNUSED static void
close_mailboxes (void)
{
  g_clear_pointer (&box, gpo_mailbox_unref);
  g_clear_pointer (&mailboxes, gpo_mailboxes_free);
}

/* As if the office had ended and begun anew. */
G_GNUC_UNUSED static void
restart (void)
{
  close_mailboxes ();
  gpo_store_close (g_steal_pointer (&store));
  open_store ();
  open_mailboxes ();
  box = open_box ("INBOX");
}

G_GNUC_UNUSED static void
tear_down_mailboxes (void)
{
  close_mailboxes ();
  answer_clear ();
  tear_down ();
}

/* A file as another program makes it. */
G_GNUC_UNUSED static void
put_file (const char *name, const char *bytes)
{
  g_autofree char *path = g_build_filename (inbox, name, NULL);
  ck_assert (g_file_set_contents (path, bytes, -1, NULL));
}

G_GNUC_UNUSED static gboolean
has_file (const char *name)
{
  g_autofree char *path = g_build_filename (inbox, name, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

G_GNUC_UNUSED static void
move_file (const char *from, const char *to)
{
  g_autofree char *old = g_build_filename (inbox, from, NULL), *new = g_build_filename (inbox, to, NULL);
  ck_assert_int_eq (g_rename (old, new), 0);
}

G_GNUC_UNUSED static guint32
append_letter (GpoMailbox *mailbox, const char *bytes, guint32 flags)
{
  GpoAppend *append = gpo_mailbox_append_begin (mailbox, NULL, NULL);
  gpo_append_write (append, bytes, strlen (bytes));
  ask (gpo_append_commit (append, flags, 1000000000, 0, on_append, NULL));
  return answer_uid;
}

G_GNUC_UNUSED static void
store_flags (GpoMailbox *mailbox, guint32 slot, GpoStoreMode mode, guint32 flags)
{
  ask (gpo_mailbox_store (mailbox, &slot, 1, mode, flags, G_MAXUINT64, NULL, on_stored, NULL));
}

G_GNUC_UNUSED static guint32
flags_of (guint32 uid)
{
  guint32 slot = gpo_mailbox_find (box, uid);
  ck_assert_uint_lt (slot, box->n_slots);
  ck_assert_uint_eq (gpo_mailbox_message (box, slot)->uid, uid);
  return gpo_mailbox_message (box, slot)->flags;
}

/* Waits until the files follow the table. */
G_GNUC_UNUSED static void
settle (void)
{
  gpo_store_flush (store);
}

/* "3S 5 7FT": UIDs and marks of what is there. The caller frees. */
G_GNUC_UNUSED static char *
picture (GpoMailbox *mailbox)
{
  GString *out = g_string_new (NULL);
  for (guint32 slot = 0; slot < mailbox->n_slots; slot++)
    {
      const GpoMessage *m = gpo_mailbox_message (mailbox, slot);
      static const char marks[] = "SRFTD";
      if (m->flags & GPO_FLAG_EXPUNGED)
        continue;
      g_string_append_printf (out, "%s%u", out->len ? " " : "", m->uid);
      for (guint i = 0; i < 5; i++)
        if (m->flags & 1u << i)
          g_string_append_c (out, marks[i]);
      for (guint i = 0; i < mailbox->n_keywords; i++)
        if (m->flags & GPO_FLAG_KEYWORD (i))
          g_string_append_printf (out, "+%s", mailbox->keywords[i]);
    }
  return g_string_free (out, FALSE);
}

#define assert_picture(mailbox, expected)                                                                    \
  G_STMT_START                                                                                               \
  {                                                                                                          \
    g_autofree char *seen_ = picture (mailbox);                                                              \
    ck_assert_str_eq (seen_, expected);                                                                      \
  }                                                                                                          \
  G_STMT_END
