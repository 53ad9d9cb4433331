/* SPDX-License-Identifier: MIT */
/* paper-mailboxes.c: see the header. */
#include "paper-mailboxes.h"
#include "letter/structure.h"
#include "roles/imap-server.h"
#include "roles/pop3-server.h"
#include <string.h>

typedef struct
{
  GpoMailboxes mailboxes;
  PaperCounter *paper;
  GHashTable *kept; /* name → PaperMailbox: all there are */
  GHashTable *subscribed;
  GHashTable *uses; /* name → use */
} PaperMailboxes;

typedef struct
{
  GpoMailbox mailbox;
  PaperMailboxes *owner;
  GPtrArray *letters; /* of PaperLetter */
} PaperMailbox;

typedef struct
{
  GBytes *bytes;
  GString *envelope, *body, *bodystructure;
  gsize header;
} PaperLetter;

/* --- what happens later --- */

typedef struct
{
  void (*run) (gpointer job);
  gpointer job;
} Later;

static void
later (PaperCounter *paper, void (*run) (gpointer), gpointer job)
{
  Later *item = g_new (Later, 1);
  *item = (Later){ run, job };
  g_queue_push_tail (&paper->later, item);
}

gboolean
paper_run (PaperCounter *paper)
{
  gboolean any = FALSE;
  for (Later *item; (item = g_queue_pop_head (&paper->later)); any = TRUE)
    {
      item->run (item->job);
      g_free (item);
    }
  return any;
}

static GError *
full (PaperCounter *paper)
{
  return paper->disk_full ? g_error_new_literal (GPO_MAILBOX_ERROR, GPO_MAILBOX_ERROR_NO_SPACE, "no space left on device")
                          : NULL;
}

/* --- one mailbox --- */

static PaperMailbox *
self (GpoMailbox *mailbox)
{
  return (PaperMailbox *) mailbox;
}

static PaperLetter *
letter_at (GpoMailbox *mailbox, guint32 slot)
{
  return gpo_mailbox_message (mailbox, slot)->file;
}

static void
letter_free (gpointer data)
{
  PaperLetter *letter = data;
  g_bytes_unref (letter->bytes);
  if (letter->envelope)
    {
      g_string_free (letter->envelope, TRUE);
      g_string_free (letter->body, TRUE);
      g_string_free (letter->bodystructure, TRUE);
    }
  g_free (letter);
}

typedef struct
{
  PaperCounter *paper;
  GpoMailbox *mailbox, *to;
  GArray *slots;
  GpoView *source;
  GpoStoreMode mode;
  guint32 flags;
  guint64 unchanged_since;
  gboolean move;
  gsize most;
  union
  {
    GpoMailboxFunc plain;
    GpoMailboxReadFunc read;
    GpoMailboxStoreFunc store;
    GpoMailboxCopyFunc copy;
  } done;
  gpointer data;
} Job;

static Job *
job_new (GpoMailbox *mailbox, const guint32 *slots, guint n, gpointer data)
{
  Job *job = g_new0 (Job, 1);
  job->paper = self (mailbox)->owner->paper;
  job->mailbox = gpo_mailbox_ref (mailbox);
  job->slots = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (n)
    g_array_append_vals (job->slots, slots, n);
  job->data = data;
  return job;
}

static void
job_free (Job *job)
{
  gpo_mailbox_unref (job->mailbox);
  g_clear_pointer (&job->to, gpo_mailbox_unref);
  g_array_unref (job->slots);
  g_free (job);
}

/* A view that was freed since is no source any more. */
static GpoView *
source_of (Job *job)
{
  return g_ptr_array_find (job->mailbox->views, job->source, NULL) ? job->source : NULL;
}

static gboolean
paper_info (GpoMailbox *mailbox, guint32 slot, GpoLetterInfo *out)
{
  PaperLetter *letter = letter_at (mailbox, slot);
  if (!letter->envelope || gpo_mailbox_message (mailbox, slot)->flags & GPO_FLAG_EXPUNGED)
    return FALSE;
  *out = (GpoLetterInfo){ letter->envelope->str,      letter->body->str,
                          letter->bodystructure->str, g_bytes_get_data (letter->bytes, NULL),
                          letter->envelope->len,      letter->body->len,
                          letter->bodystructure->len, letter->header };
  return TRUE;
}

static void
make_info (PaperLetter *letter)
{
  gsize length;
  const char *bytes = g_bytes_get_data (letter->bytes, &length);
  g_auto (GpoAnatomy) anatomy;
  gpo_anatomy_init (&anatomy, bytes ? bytes : "", length);
  letter->envelope = g_string_new (NULL);
  letter->body = g_string_new (NULL);
  letter->bodystructure = g_string_new (NULL);
  gpo_imap_envelope_append (letter->envelope, anatomy.bytes, anatomy.parts[0].header);
  gpo_imap_structure_append (letter->body, &anatomy, 0, FALSE);
  gpo_imap_structure_append (letter->bodystructure, &anatomy, 0, TRUE);
  letter->header = anatomy.parts[0].header.length;
}

static void
run_load_info (gpointer data)
{
  Job *job = data;
  for (guint i = 0; i < job->slots->len; i++)
    {
      PaperLetter *letter = letter_at (job->mailbox, g_array_index (job->slots, guint32, i));
      if (!letter->envelope)
        make_info (letter);
    }
  job->done.plain (NULL, job->data);
  job_free (job);
}

static void
paper_load_info (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data)
{
  Job *job = job_new (mailbox, slots, n, data);
  job->done.plain = done;
  later (job->paper, run_load_info, job);
}

static void
run_read (gpointer data)
{
  Job *job = data;
  g_autofree GBytes **letters = g_new0 (GBytes *, job->slots->len);
  guint n = 0;
  for (gsize total = 0; n < job->slots->len && (n == 0 || total < job->most); n++)
    {
      guint32 slot = g_array_index (job->slots, guint32, n);
      if (gpo_mailbox_message (job->mailbox, slot)->flags & GPO_FLAG_EXPUNGED)
        continue;
      letters[n] = letter_at (job->mailbox, slot)->bytes;
      total += g_bytes_get_size (letters[n]);
    }
  job->done.read (letters, n, job->data);
  job_free (job);
}

static void
paper_read (GpoMailbox *mailbox, const guint32 *slots, guint n, gsize most, GpoMailboxReadFunc done, gpointer data)
{
  Job *job = job_new (mailbox, slots, n, data);
  job->done.read = done;
  job->most = most;
  later (job->paper, run_read, job);
}

static void
run_plain (gpointer data)
{
  Job *job = data;
  job->done.plain (NULL, job->data);
  job_free (job);
}

static void
paper_rescan (GpoMailbox *mailbox, GpoMailboxFunc done, gpointer data)
{
  Job *job = job_new (mailbox, NULL, 0, data);
  job->done.plain = done;
  later (job->paper, run_plain, job);
}

static guint32
put (GpoMailbox *mailbox, GBytes *bytes, guint32 flags, gint64 date, guint32 number)
{
  PaperLetter *letter = g_new0 (PaperLetter, 1);
  letter->bytes = g_bytes_ref (bytes);
  g_ptr_array_add (self (mailbox)->letters, letter);
  GpoMessage message = { .uid = mailbox->uidnext,
                         .flags = flags,
                         .modseq = mailbox->modseq + 1,
                         .date = date,
                         .size = g_bytes_get_size (bytes),
                         .letter = number,
                         .file = letter };
  return gpo_mailbox_add (mailbox, &message);
}

guint32
paper_deliver (GpoMailbox *mailbox, const char *text, gssize length, guint32 flags)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);
  guint32 slot = put (mailbox, bytes, flags, 1795511702, ++self (mailbox)->owner->paper->letters);
  gpo_mailbox_tell_added (mailbox, slot, 1, NULL);
  return gpo_mailbox_message (mailbox, slot)->uid;
}

/* --- changes --- */

static void
run_store (gpointer data)
{
  Job *job = data;
  GpoMailbox *mailbox = job->mailbox;
  g_autoptr (GError) error = full (job->paper);
  g_autoptr (GArray) failed = g_array_new (FALSE, FALSE, sizeof (guint32)),
                     changed = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 modseq = mailbox->modseq + 1;
  for (guint i = 0; i < job->slots->len && !error; i++)
    {
      guint32 slot = g_array_index (job->slots, guint32, i);
      const GpoMessage *message = gpo_mailbox_message (mailbox, slot);
      guint32 flags = job->mode == GPO_STORE_REPLACE ? job->flags
                      : job->mode == GPO_STORE_ADD   ? message->flags | job->flags
                                                     : message->flags & ~job->flags;
      if (message->flags & GPO_FLAG_EXPUNGED)
        continue;
      if (message->modseq > job->unchanged_since)
        g_array_append_val (failed, slot);
      else if (gpo_mailbox_set_flags (mailbox, slot, flags, modseq))
        g_array_append_val (changed, slot);
    }
  gpo_mailbox_tell_flags (mailbox, (guint32 *) (gpointer) changed->data, changed->len, source_of (job));
  if (job->done.store)
    job->done.store ((guint32 *) (gpointer) failed->data, failed->len, error, job->data);
  job_free (job);
}

static void
paper_store (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoStoreMode mode, guint32 flags, guint64 unchanged_since,
             GpoView *source, GpoMailboxStoreFunc done, gpointer data)
{
  Job *job = job_new (mailbox, slots, n, data);
  job->mode = mode;
  job->flags = flags;
  job->unchanged_since = unchanged_since;
  job->source = source;
  job->done.store = done;
  later (job->paper, run_store, job);
}

static void
expunge_now (Job *job)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint i = 0; i < job->slots->len; i++)
    {
      guint32 slot = g_array_index (job->slots, guint32, i);
      if (gpo_mailbox_message (job->mailbox, slot)->flags & GPO_FLAG_EXPUNGED)
        continue;
      gpo_mailbox_set_expunged (job->mailbox, slot);
      g_array_append_val (gone, slot);
    }
  gpo_mailbox_tell_expunged (job->mailbox, (guint32 *) (gpointer) gone->data, gone->len, source_of (job));
}

static void
run_expunge (gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = full (job->paper);
  if (!error)
    expunge_now (job);
  if (job->done.plain)
    job->done.plain (error, job->data);
  job_free (job);
}

static void
paper_expunge (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source, GpoMailboxFunc done, gpointer data)
{
  Job *job = job_new (mailbox, slots, n, data);
  job->source = source;
  job->done.plain = done;
  later (job->paper, run_expunge, job);
}

static guint32
translate_flags (GpoMailbox *from, GpoMailbox *to, guint32 flags)
{
  guint32 out = flags & GPO_FLAGS_SYSTEM;
  for (guint i = 0; i < from->n_keywords; i++)
    if (flags & GPO_FLAG_KEYWORD (i))
      out |= gpo_mailbox_keyword (to, from->keywords[i], TRUE);
  return out;
}

static void
run_copy (gpointer data)
{
  Job *job = data;
  g_autoptr (GError) error = full (job->paper);
  g_autoptr (GArray) from = g_array_new (FALSE, FALSE, sizeof (guint32)),
                     uids = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 first = job->to->n_slots;
  for (guint i = 0; i < job->slots->len && !error; i++)
    {
      guint32 slot = g_array_index (job->slots, guint32, i);
      GpoMessage message = *gpo_mailbox_message (job->mailbox, slot);
      if (message.flags & GPO_FLAG_EXPUNGED)
        continue;
      guint32 to = put (job->to, letter_at (job->mailbox, slot)->bytes,
                        translate_flags (job->mailbox, job->to, message.flags), message.date, message.letter);
      guint32 uid = gpo_mailbox_message (job->to, to)->uid;
      g_array_append_val (from, slot);
      g_array_append_val (uids, uid);
    }
  if (from->len)
    gpo_mailbox_tell_added (job->to, first, from->len, source_of (job));
  if (job->move && !error)
    expunge_now (job);
  job->done.copy ((guint32 *) (gpointer) from->data, (guint32 *) (gpointer) uids->data, from->len, error, job->data);
  job_free (job);
}

static void
paper_copy (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailbox *to, gboolean move, GpoView *source,
            GpoMailboxCopyFunc done, gpointer data)
{
  Job *job = job_new (mailbox, slots, n, data);
  job->to = gpo_mailbox_ref (to);
  job->move = move;
  job->source = source;
  job->done.copy = done;
  later (job->paper, run_copy, job);
}

/* --- APPEND --- */

typedef struct
{
  GpoAppend append;
  GString *bytes;
  void (*drained) (gpointer);
  gpointer drained_data;
  gboolean dead;
  guint pending;
  guint32 flags, letter;
  gint64 date;
  GpoMailboxAppendFunc done;
  gpointer data;
} Appending;

static GpoAppend *
paper_append_begin (GpoMailbox *mailbox, void (*drained) (gpointer), gpointer data)
{
  Appending *a = g_new0 (Appending, 1);
  a->append.mailbox = gpo_mailbox_ref (mailbox);
  a->bytes = g_string_new (NULL);
  a->drained = drained;
  a->drained_data = data;
  return &a->append;
}

static void
append_free (Appending *a)
{
  gpo_mailbox_unref (a->append.mailbox);
  g_string_free (a->bytes, TRUE);
  g_free (a);
}

static void
run_drained (gpointer data)
{
  Appending *a = data;
  a->pending--;
  if (!a->dead)
    a->drained (a->drained_data);
  else if (a->pending == 0)
    append_free (a);
}

static gboolean
paper_append_write (GpoAppend *append, const char *bytes, gsize n)
{
  Appending *a = (Appending *) append;
  PaperCounter *paper = self (append->mailbox)->owner->paper;
  g_string_append_len (a->bytes, bytes, n);
  if (!paper->slow_append)
    return TRUE;
  a->pending++;
  later (paper, run_drained, a);
  return FALSE;
}

static void
paper_append_abort (GpoAppend *append)
{
  Appending *a = (Appending *) append;
  a->dead = TRUE;
  if (a->pending == 0)
    append_free (a);
}

static void
run_append (gpointer data)
{
  Appending *a = data;
  GpoMailbox *mailbox = a->append.mailbox;
  g_autoptr (GError) error = full (self (mailbox)->owner->paper);
  guint32 uid = 0;
  if (!error && mailbox->gone)
    error = g_error_new_literal (GPO_MAILBOX_ERROR, GPO_MAILBOX_ERROR_NONEXISTENT, "the mailbox was deleted meanwhile");
  if (!error)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (a->bytes->str, a->bytes->len);
      guint32 slot = put (mailbox, bytes, a->flags, a->date, a->letter);
      uid = gpo_mailbox_message (mailbox, slot)->uid;
      gpo_mailbox_tell_added (mailbox, slot, 1, NULL);
    }
  a->done (uid, error, a->data);
  append_free (a);
}

static void
paper_append_commit (GpoAppend *append, guint32 flags, gint64 date, guint32 letter, GpoMailboxAppendFunc done, gpointer data)
{
  Appending *a = (Appending *) append;
  a->flags = flags;
  a->date = date;
  a->letter = letter;
  a->done = done;
  a->data = data;
  later (self (append->mailbox)->owner->paper, run_append, a);
}

static gboolean
paper_add_keyword (GpoMailbox *mailbox, const char *name)
{
  return TRUE;
}

static void
paper_nothing (GpoMailbox *mailbox)
{
}

static void
paper_closed (GpoMailbox *mailbox)
{
  PaperMailbox *m = self (mailbox);
  gpo_mailbox_finish (mailbox);
  g_ptr_array_unref (m->letters);
  g_free (m);
}

static const GpoMailboxClass mailbox_class = {
  .load_info = paper_load_info,
  .info = paper_info,
  .read = paper_read,
  .append_begin = paper_append_begin,
  .append_write = paper_append_write,
  .append_abort = paper_append_abort,
  .append_commit = paper_append_commit,
  .store = paper_store,
  .expunge = paper_expunge,
  .copy = paper_copy,
  .rescan = paper_rescan,
  .add_keyword = paper_add_keyword,
  .claimed = paper_nothing,
  .closed = paper_closed,
};

/* --- names --- */

static PaperMailboxes *
all (GpoMailboxes *mailboxes)
{
  return (PaperMailboxes *) mailboxes;
}

static void
refresh_now (PaperMailboxes *m)
{
  GPtrArray *entries = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name;
  g_hash_table_iter_init (&iter, m->kept);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    {
      GpoMailboxEntry *entry = g_new0 (GpoMailboxEntry, 1);
      entry->name = g_strdup (name);
      entry->exists = entry->selectable = TRUE;
      entry->subscribed = g_hash_table_contains (m->subscribed, name);
      entry->use = (GpoSpecialUse) GPOINTER_TO_INT (g_hash_table_lookup (m->uses, name));
      g_ptr_array_add (entries, entry);
    }
  g_hash_table_iter_init (&iter, m->subscribed);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (!g_hash_table_contains (m->kept, name))
      {
        GpoMailboxEntry *entry = g_new0 (GpoMailboxEntry, 1);
        entry->name = g_strdup (name);
        entry->subscribed = TRUE;
        g_ptr_array_add (entries, entry);
      }
  gpo_mailboxes_set_entries (&m->mailboxes, entries);
}

static PaperMailbox *
make (PaperMailboxes *m, const char *name)
{
  PaperMailbox *mailbox = g_new0 (PaperMailbox, 1);
  gpo_mailbox_init (&mailbox->mailbox, &mailbox_class, &m->mailboxes, name);
  mailbox->mailbox.uidvalidity = ++m->paper->uidvalidity;
  mailbox->owner = m;
  mailbox->letters = g_ptr_array_new_with_free_func (letter_free);
  g_hash_table_insert (m->kept, g_strdup (name), mailbox);
  return mailbox;
}

typedef enum
{
  OPEN,
  REFRESH,
  CREATE,
  DELETE,
  RENAME,
  SUBSCRIBE
} What;
typedef struct
{
  PaperMailboxes *m;
  What what;
  char *name, *to;
  gboolean on;
  GpoSpecialUse use;
  GpoMailboxOpenFunc opened;
  GpoMailboxFunc done;
  gpointer data;
} Naming;

static GError *
name_error (GpoMailboxError code, const char *words, const char *name)
{
  return g_error_new (GPO_MAILBOX_ERROR, code, "%s: %s", words, name);
}

static void
create_with_parents (PaperMailboxes *m, const char *name)
{
  for (const char *slash = strchr (name, '/'); slash; slash = strchr (slash + 1, '/'))
    {
      g_autofree char *parent = g_strndup (name, slash - name);
      if (!g_hash_table_contains (m->kept, parent))
        make (m, parent);
    }
  make (m, name);
}

static GError *
delete_now (Naming *n)
{
  PaperMailbox *mailbox = g_hash_table_lookup (n->m->kept, n->name);
  const GpoMailboxEntry *entry = gpo_mailboxes_find (&n->m->mailboxes, n->name);
  if (!mailbox)
    return name_error (GPO_MAILBOX_ERROR_NONEXISTENT, "no such mailbox", n->name);
  if (entry && entry->children)
    return name_error (GPO_MAILBOX_ERROR_CHILDREN, "it has mailboxes under it", n->name);
  gpo_mailbox_ref (&mailbox->mailbox);
  g_hash_table_remove (n->m->kept, n->name);
  gpo_mailbox_tell_gone (&mailbox->mailbox);
  gpo_mailbox_unref (&mailbox->mailbox);
  return NULL;
}

static GError *
rename_now (Naming *n)
{
  if (!g_hash_table_contains (n->m->kept, n->name))
    return name_error (GPO_MAILBOX_ERROR_NONEXISTENT, "no such mailbox", n->name);
  if (g_hash_table_contains (n->m->kept, n->to))
    return name_error (GPO_MAILBOX_ERROR_EXISTS, "there is one already", n->to);
  g_autoptr (GList) names = g_hash_table_get_keys (n->m->kept);
  gsize length = strlen (n->name);
  for (GList *l = names; l; l = l->next)
    {
      const char *name = l->data;
      if (strncmp (name, n->name, length) != 0 || (name[length] != '\0' && name[length] != '/'))
        continue;
      PaperMailbox *mailbox = g_hash_table_lookup (n->m->kept, name);
      g_autofree char *to = g_strconcat (n->to, name + length, NULL), *old = g_strdup (name);
      gpo_mailbox_ref (&mailbox->mailbox);
      g_hash_table_remove (n->m->kept, old);
      g_free (mailbox->mailbox.name);
      mailbox->mailbox.name = g_strdup (to);
      g_hash_table_insert (n->m->kept, g_strdup (to), mailbox);
    }
  if (strcmp (n->name, "INBOX") == 0)
    make (n->m, "INBOX");
  return NULL;
}

static GError *
change_names (Naming *n)
{
  gboolean there = n->name && g_hash_table_contains (n->m->kept, n->name);
  switch (n->what)
    {
    case CREATE:
      if (there)
        return name_error (GPO_MAILBOX_ERROR_EXISTS, "there is one already", n->name);
      create_with_parents (n->m, n->name);
      g_hash_table_insert (n->m->uses, g_strdup (n->name), GINT_TO_POINTER (n->use));
      return NULL;
    case DELETE:
      return delete_now (n);
    case RENAME:
      return rename_now (n);
    case SUBSCRIBE:
      if (n->on)
        g_hash_table_add (n->m->subscribed, g_strdup (n->name));
      else
        g_hash_table_remove (n->m->subscribed, n->name);
      return NULL;
    default:
      return NULL;
    }
}

static void
run_naming (gpointer data)
{
  Naming *n = data;
  if (n->what == OPEN)
    {
      PaperMailbox *mailbox = g_hash_table_lookup (n->m->kept, n->name);
      g_autoptr (GError) error = mailbox ? NULL : name_error (GPO_MAILBOX_ERROR_NONEXISTENT, "no such mailbox", n->name);
      n->opened (mailbox ? gpo_mailbox_ref (&mailbox->mailbox) : NULL, error, n->data);
    }
  else
    {
      g_autoptr (GError) error = n->what == REFRESH ? NULL : full (n->m->paper);
      if (!error)
        error = change_names (n);
      refresh_now (n->m);
      n->done (error, n->data);
    }
  g_free (n->name);
  g_free (n->to);
  g_free (n);
}

static Naming *
naming (GpoMailboxes *mailboxes, What what, const char *name, GpoMailboxFunc done, gpointer data)
{
  Naming *n = g_new0 (Naming, 1);
  n->m = all (mailboxes);
  n->what = what;
  n->name = g_strdup (name);
  n->done = done;
  n->data = data;
  later (n->m->paper, run_naming, n);
  return n;
}

static void
paper_open (GpoMailboxes *mailboxes, const char *name, GpoMailboxOpenFunc done, gpointer data)
{
  naming (mailboxes, OPEN, name, NULL, data)->opened = done;
}

static void
paper_refresh (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data)
{
  naming (mailboxes, REFRESH, NULL, done, data);
}

static void
paper_create (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done, gpointer data)
{
  naming (mailboxes, CREATE, name, done, data)->use = use;
}

static void
paper_delete (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data)
{
  naming (mailboxes, DELETE, name, done, data);
}

static void
paper_rename (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done, gpointer data)
{
  naming (mailboxes, RENAME, from, done, data)->to = g_strdup (to);
}

static void
paper_subscribe (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done, gpointer data)
{
  naming (mailboxes, SUBSCRIBE, name, done, data)->on = on;
}

static void
paper_free (GpoMailboxes *mailboxes)
{
  PaperMailboxes *m = all (mailboxes);
  g_hash_table_unref (m->kept);
  g_hash_table_unref (m->subscribed);
  g_hash_table_unref (m->uses);
  gpo_mailboxes_finish (mailboxes);
  g_free (m);
}

static const GpoMailboxesClass mailboxes_class
    = { paper_open, paper_refresh, paper_create, paper_delete, paper_rename, paper_subscribe, paper_free };

/* --- the counter --- */

static void
unref_mailbox (gpointer data)
{
  gpo_mailbox_unref (data);
}

static GpoMailboxes *
paper_counter_open (GpoCounter *counter, GpoPerson *person, GError **error)
{
  PaperMailboxes *m = g_new0 (PaperMailboxes, 1);
  gpo_mailboxes_init (&m->mailboxes, &mailboxes_class, person->login);
  m->paper = (PaperCounter *) counter;
  m->kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_mailbox);
  m->subscribed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  m->uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  make (m, "INBOX");
  refresh_now (m);
  return &m->mailboxes;
}

static gint64
paper_wall (GpoCounter *counter)
{
  return G_GINT64_CONSTANT (1795511702) * G_USEC_PER_SEC;
}

static guint32
paper_next_letter (GpoCounter *counter)
{
  return ++((PaperCounter *) counter)->letters;
}

PaperCounter *
paper_counter_new (void)
{
  PaperCounter *paper = g_new0 (PaperCounter, 1);
  g_queue_init (&paper->later);
  paper->world = gpo_world_new ();
  paper->host = gpo_world_add_host (paper->world, "sparta", "sparta.example");
  gpo_host_add_person (paper->host, "bob", "Bob", "glass");
  gpo_host_add_person (paper->host, "carol", "Carol", "glass");
  paper->log = gpo_log_new ();
  paper->counter.open = paper_counter_open;
  paper->counter.wall = paper_wall;
  paper->counter.next_letter = paper_next_letter;
  paper->counter.first_letter = paper_next_letter (&paper->counter);
  gpo_counter_init (&paper->counter, paper->host, paper->log);
  return paper;
}

void
paper_counter_free (PaperCounter *paper)
{
  paper_run (paper);
  gpo_counter_finish (&paper->counter);
  gpo_log_free (paper->log);
  gpo_world_free (paper->world);
  g_free (paper);
}

GpoMailbox *
paper_mailbox (PaperCounter *paper, const char *name)
{
  GpoMailboxes *mailboxes = gpo_counter_mailboxes (&paper->counter, gpo_host_person (paper->host, "bob"), NULL);
  PaperMailbox *mailbox = g_hash_table_lookup (all (mailboxes)->kept, name);
  return mailbox ? gpo_mailbox_ref (&mailbox->mailbox) : NULL;
}

/* --- a client --- */

static void
client_update (PaperClient *client)
{
  GpoSession *session = client->session;
  if (client->stuck)
    {
      session->unsent = session->out->len >= GPO_OUTPUT_MARK ? GPO_OUTPUT_MARK : 0;
      return;
    }
  session->unsent = 0;
  g_string_append_len (client->said, session->out->str, session->out->len);
  g_string_truncate (session->out, 0);
}

static void
client_changed (GpoSession *session, gpointer data)
{
  client_update (data);
}

void
paper_client_settle (PaperClient *client)
{
  GpoSession *session = client->session;
  for (gboolean again = TRUE; again;)
    {
      client_update (client);
      again = paper_run (client->paper);
      if (session->wants_tls)
        {
          session->wants_tls = FALSE;
          session->pending = GPO_PENDING_NONE;
          session->tls = TRUE;
          session->class->secured (session, "TLS on paper", NULL);
          gpo_session_resume (session);
          again = TRUE;
        }
      if (session->pending == GPO_PENDING_OUTPUT && gpo_session_has_room (session))
        {
          session->class->drained (session);
          if (session->pending == GPO_PENDING_NONE)
            gpo_session_resume (session);
          again = TRUE;
        }
    }
  client_update (client);
}

static PaperClient *
client_new (PaperCounter *paper, GpoSession *session)
{
  PaperClient *client = g_new0 (PaperClient, 1);
  client->paper = paper;
  client->session = session;
  client->said = g_string_new (NULL);
  session->changed = client_changed;
  session->changed_data = client;
  return client;
}

PaperClient *
paper_client_imap (PaperCounter *paper, guint32 number)
{
  PaperClient *client = client_new (paper, gpo_imap_server_new (&paper->counter, number));
  gpo_imap_server_offer_tls (client->session, TRUE);
  gpo_imap_server_greet (client->session, GPO_OK, NULL);
  paper_client_settle (client);
  return client;
}

void
paper_client_free (PaperClient *client)
{
  PaperCounter *paper = client->paper;
  client->session->changed = NULL;
  gpo_session_free (client->session);
  paper_run (paper);
  g_string_free (client->said, TRUE);
  g_free (client);
}

void
paper_client_say (PaperClient *client, const char *bytes, gsize n, gsize piece)
{
  for (gsize done = 0; done < n && !client->session->closing;)
    {
      gsize some = piece ? MIN (piece, n - done) : n;
      gpo_session_receive (client->session, bytes + done, some);
      paper_client_settle (client);
      done += some;
    }
}

char *
paper_client_take (PaperClient *client)
{
  char *said = g_strdup (client->said->str);
  g_string_truncate (client->said, 0);
  return said;
}

char *
paper_client_ask (PaperClient *client, const char *line)
{
  g_autofree char *whole = g_strconcat (line, "\r\n", NULL);
  paper_client_say (client, whole, strlen (whole), 0);
  return paper_client_take (client);
}

PaperClient *
paper_client_pop3 (PaperCounter *paper, guint32 number)
{
  PaperClient *client = client_new (paper, gpo_pop3_server_new (&paper->counter, number));
  gpo_pop3_server_offer_tls (client->session, TRUE);
  gpo_pop3_server_greet (client->session, GPO_OK);
  paper_client_settle (client);
  return client;
}
