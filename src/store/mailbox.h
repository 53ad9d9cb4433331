/* SPDX-License-Identifier: MIT */
/* mailbox.h: a mailbox as its readers see it: letters with UIDs and flags, shared by all sessions.
 *
 *     GpoMailboxes   all mailboxes of one person: names, subscriptions          (mailboxes of a Maildir++)
 *     GpoMailbox     one of them, open: its letters in the order of their UIDs  (shared, counted references)
 *     GpoView        what one session knows of it: view.h
 *
 * Both are interfaces: the struct's public half is read directly, what touches a disk goes through a
 * class. mailbox-maildir.h has the Maildir; tests have one in memory. Sessions know neither.
 *
 * What stays true:
 *  - all is on one thread, the office's; disk work is on workers, and each `…Func` is called exactly once
 *    on the office's context, never from inside the call that named it;
 *  - what a callback reports as done is durable, and is in the table and told to every view before the
 *    callback runs. What failed has changed nothing;
 *  - operations on one mailbox take effect in the order of their calls;
 *  - a letter has one slot as long as its mailbox is open: slots are numbered from 0, in the order of UIDs,
 * and are not used again. An expunged letter's slot stays, marked, until no view is left;
 *  - UIDs only grow and never come back; UIDVALIDITY and UIDs outlive restarts, crashes and a lost index
 *    (RFC 3501 §2.3.1.1);
 *  - the folder is shared with local readers: what they add, move, flag or delete is noticed (a file monitor,
 *    and gpo_mailbox_rescan()) and told to the views like any other change.
 *
 * Letters are always given in CRLF form (RFC 3501 §2.3.4): a file that a foreign deliverer wrote with bare
 * LFs is converted while it is read, and `size` is that of the converted form. */
#pragma once
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct GpoMailboxes GpoMailboxes;
typedef struct GpoMailbox GpoMailbox;
typedef struct GpoView GpoView;

/* --- errors --- */

#define GPO_MAILBOX_ERROR (gpo_mailbox_error_quark ())
GQuark gpo_mailbox_error_quark (void);
/* Which response code a server gives with its NO: RFC 5530. */
typedef enum
{
  GPO_MAILBOX_ERROR_NONEXISTENT, /* no mailbox of this name; for a letter: it is gone */
  GPO_MAILBOX_ERROR_EXISTS,      /* there is one already */
  GPO_MAILBOX_ERROR_NAME,        /* this cannot be a mailbox's name: CANNOT */
  GPO_MAILBOX_ERROR_CHILDREN,    /* it has mailboxes under it: HASCHILDREN */
  GPO_MAILBOX_ERROR_LIMIT,       /* too many keywords, UIDs … : LIMIT */
  GPO_MAILBOX_ERROR_NO_SPACE,    /* disk or quota is full: OVERQUOTA */
  GPO_MAILBOX_ERROR_IO           /* the disk failed: SERVERBUG, UNAVAILABLE */
} GpoMailboxError;

/* --- flags: 5 of the system, 26 keywords of the mailbox's own (as many as Maildir has letters for) --- */

#define GPO_FLAG_SEEN 0x01u
#define GPO_FLAG_ANSWERED 0x02u
#define GPO_FLAG_FLAGGED 0x04u
#define GPO_FLAG_DELETED 0x08u
#define GPO_FLAG_DRAFT 0x10u
#define GPO_FLAG_EXPUNGED 0x20u /* not a flag of IMAP: the letter is gone, its slot stays */
#define GPO_FLAGS_SYSTEM 0x1fu
#define GPO_FLAG_KEYWORD(i) (0x40u << (i)) /* i: index in `keywords` */
#define GPO_KEYWORDS_MAX 26
#define GPO_FLAGS_ALL (~GPO_FLAG_EXPUNGED)

/* One letter. 40 bytes. */
typedef struct
{
  guint32 uid;
  guint32 flags;  /* GPO_FLAG_… */
  guint64 modseq; /* RFC 7162 §3.1.2: grows with each change of flags */
  gint64 date;    /* INTERNALDATE, seconds since 1970; GPO_DATE_UNKNOWN: gpo_mailbox_load_dates() */
  guint32 size;   /* bytes in CRLF form: RFC822.SIZE */
  guint32 letter; /* the office's number of the letter; 0: a stranger's */
  gpointer file;  /* the implementation's own */
} GpoMessage;

/* The file has it, and nobody asked yet. */
#define GPO_DATE_UNKNOWN G_MININT64

#define GPO_SLOTS_PER_CHUNK 1024u

/* What IMAP tells of a letter without reading it, as it goes on the wire. Valid until the session returns to
 * the main loop. `text` NULL: not known (a header too long to be kept): read the letter. */
typedef struct
{
  const char *envelope; /* "(…)": RFC 3501 §7.4.2; made by letter/structure.h */
  const char *body;     /* BODY without extension data */
  const char *bodystructure;
  const char *header; /* raw, in CRLF form, with its empty line */
  guint32 envelope_length, body_length, bodystructure_length, header_length;
} GpoLetterInfo;

/* --- callbacks --- */

/* Done, or not: `error` set. */
typedef void (*GpoMailboxFunc) (const GError *error, gpointer data);
/* A mailbox is open: the callee gets the reference. NULL with `error`. */
typedef void (*GpoMailboxOpenFunc) (GpoMailbox *mailbox, const GError *error, gpointer data);
/* An APPEND is done: its UID. */
typedef void (*GpoMailboxAppendFunc) (guint32 uid, const GError *error, gpointer data);
/* Flags are stored. `failed`: slots left alone since they changed after `unchanged_since`. Those that were
 * expunged meanwhile are left alone silently. In the order asked for. */
typedef void (*GpoMailboxStoreFunc) (const guint32 *failed, guint n_failed, const GError *error,
                                     gpointer data);
/* Letters are copied: uids[i] in the target for slots[i] of the source. */
typedef void (*GpoMailboxCopyFunc) (const guint32 *slots, const guint32 *uids, guint n, const GError *error,
                                    gpointer data);
/* Letters are read: letters[i] for the i-th slot asked for, i < n, n >= 1, perhaps fewer than were asked for;
 * NULL: that letter is gone. The callee refs what it keeps. */
typedef void (*GpoMailboxReadFunc) (GBytes *const *letters, guint n, gpointer data);

typedef enum
{
  GPO_STORE_REPLACE,
  GPO_STORE_ADD,
  GPO_STORE_REMOVE
} GpoStoreMode;

/* A letter that is being appended; implementations embed it. */
typedef struct
{
  GpoMailbox *mailbox; /* a reference */
} GpoAppend;

/* What an implementation gives. The functions further down say what each does. */
typedef struct
{
  void (*load_info) (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data);
  gboolean (*info) (GpoMailbox *mailbox, guint32 slot, GpoLetterInfo *out);
  void (*load_dates) (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done, gpointer data);
  void (*read) (GpoMailbox *mailbox, const guint32 *slots, guint n, gsize most, GpoMailboxReadFunc done,
                gpointer data);
  GpoAppend *(*append_begin) (GpoMailbox *mailbox, void (*drained) (gpointer), gpointer data);
  gboolean (*append_write) (GpoAppend *append, const char *bytes, gsize n);
  void (*append_abort) (GpoAppend *append);
  void (*append_commit) (GpoAppend *append, guint32 flags, gint64 date, guint32 letter,
                         GpoMailboxAppendFunc done, gpointer data);
  void (*store) (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoStoreMode mode, guint32 flags,
                 guint64 unchanged_since, GpoView *source, GpoMailboxStoreFunc done, gpointer data);
  void (*expunge) (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source, GpoMailboxFunc done,
                   gpointer data);
  void (*copy) (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailbox *to, gboolean move,
                GpoView *source, GpoMailboxCopyFunc done, gpointer data);
  void (*rescan) (GpoMailbox *mailbox, GpoMailboxFunc done, gpointer data);
  gboolean (*add_keyword) (GpoMailbox *mailbox, const char *name);
  void (*claimed) (GpoMailbox *mailbox);
  void (*closed) (GpoMailbox *mailbox);
} GpoMailboxClass;

struct GpoMailbox
{
  const GpoMailboxClass *class;
  GpoMailboxes *mailboxes; /* whose it is */
  char *name;              /* UTF-8, "INBOX", "Lists/Work" */
  guint references;
  guint32 uidvalidity, uidnext;
  guint64 modseq;                          /* HIGHESTMODSEQ; at least 1 */
  guint32 n_slots;                         /* all slots, with those expunged */
  guint32 n_messages, n_unseen, n_deleted; /* of letters that are there */
  guint64 size;                            /* sum of their sizes */
  guint32 first_recent;             /* letters with this UID or above were not \Recent in any session yet */
  GPtrArray *chunks;                /* of GpoMessage[GPO_SLOTS_PER_CHUNK] */
  char *keywords[GPO_KEYWORDS_MAX]; /* those in use, in order; the rest NULL */
  guint n_keywords;
  gboolean gone;    /* it was deleted, or its folder went away: views should say BYE */
  GPtrArray *views; /* of GpoView, not owned */
};

/* The letter in a slot (slot < n_slots). Valid until the session returns to the main loop. */
static inline GpoMessage *
gpo_mailbox_message (const GpoMailbox *mailbox, guint32 slot)
{
  GpoMessage *chunk = (GpoMessage *) mailbox->chunks->pdata[slot / GPO_SLOTS_PER_CHUNK];
  return &chunk[slot % GPO_SLOTS_PER_CHUNK];
}

/* --- reading --- */

GpoMailbox *gpo_mailbox_ref (GpoMailbox *mailbox);
void gpo_mailbox_unref (GpoMailbox *mailbox);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoMailbox, gpo_mailbox_unref)

/* The first slot whose UID is at least `uid`; n_slots if there is none. It may be expunged. */
guint32 gpo_mailbox_find (const GpoMailbox *mailbox, guint32 uid);
/* What is known of a letter without reading its file: TRUE if it is at hand. Else call
 * gpo_mailbox_load_info(). */
gboolean gpo_mailbox_info (GpoMailbox *mailbox, guint32 slot, GpoLetterInfo *out);
/* Reads and keeps (also for the next start) what gpo_mailbox_info() tells of these letters: after `done` it
 * is at hand, or the letter is gone. */
void gpo_mailbox_load_info (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done,
                            gpointer data);
/* Asks for the dates of those of these letters whose date is unknown: after `done` they are known (and stay so,
 * also after the next start), or the letter is gone. */
void gpo_mailbox_load_dates (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done,
                             gpointer data);
/* Reads letters, in order, until `most` bytes are read or all are; at least one. */
void gpo_mailbox_read (GpoMailbox *mailbox, const guint32 *slots, guint n, gsize most,
                       GpoMailboxReadFunc done, gpointer data);
/* Looks whether local readers changed anything. Cheap when nothing did: two stat() calls. */
void gpo_mailbox_rescan (GpoMailbox *mailbox, GpoMailboxFunc done, gpointer data);

/* --- changing --- */

/* A letter that comes in; holds a reference to the mailbox. `drained` is called when a writer that was told
 * FALSE may go on. */
GpoAppend *gpo_mailbox_append_begin (GpoMailbox *mailbox, void (*drained) (gpointer), gpointer data);
/* Takes n more bytes (copies them). FALSE: taken too, but pause until `drained`. */
gboolean gpo_append_write (GpoAppend *append, const char *bytes, gsize n);
void gpo_append_abort (GpoAppend *append);
/* Makes it durable under the next UID, and frees it. date: seconds since 1970. letter 0: a new number is
 * taken. */
void gpo_append_commit (GpoAppend *append, guint32 flags, gint64 date, guint32 letter,
                        GpoMailboxAppendFunc done, gpointer data);

/* Changes flags. `unchanged_since`: letters with a higher modseq are left alone; G_MAXUINT64: all may change.
 * Each changed letter gets a new modseq (one for the whole call); one whose flags are so already is not
 * touched. `source` (may be NULL) is the view whose session asks: its `changed` tells it apart. */
void gpo_mailbox_store (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoStoreMode mode, guint32 flags,
                        guint64 unchanged_since, GpoView *source, GpoMailboxStoreFunc done, gpointer data);
/* Removes letters, \Deleted or not. */
void gpo_mailbox_expunge (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source,
                          GpoMailboxFunc done, gpointer data);
/* Copies letters with flags, keywords, date and number to a mailbox of the same person: all or none (RFC 3501
 * §6.4.7). `move`: the originals are expunged, each letter being in exactly one of both at every moment a
 * crash may come, or in both (RFC 6851 §3.3); it is never in none. */
void gpo_mailbox_copy (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailbox *to, gboolean move,
                       GpoView *source, GpoMailboxCopyFunc done, gpointer data);
/* The bit of a keyword (ASCII case ignored), 0 if the mailbox has none such. `add`: makes it; still 0 if all
 * 26 are taken. It is durable with the first letter that gets it. */
guint32 gpo_mailbox_keyword (GpoMailbox *mailbox, const char *name, gboolean add);

/* --- for implementations --- */

/* Initialises the public half (class and counts; one reference). */
void gpo_mailbox_init (GpoMailbox *mailbox, const GpoMailboxClass *class, GpoMailboxes *mailboxes,
                       const char *name);
/* Frees what the public half holds; no view may be left. */
void gpo_mailbox_finish (GpoMailbox *mailbox);
/* Puts a letter behind the others: uid must be at least uidnext, which becomes uid + 1. Returns its slot.
 * Follow one or more by gpo_mailbox_tell_added(). */
guint32 gpo_mailbox_add (GpoMailbox *mailbox, const GpoMessage *message);
/* Changes a letter's flags in the table, with the counts. Returns FALSE if they were so already. */
gboolean gpo_mailbox_set_flags (GpoMailbox *mailbox, guint32 slot, guint32 flags, guint64 modseq);
/* Marks a letter expunged, with the counts. */
void gpo_mailbox_set_expunged (GpoMailbox *mailbox, guint32 slot);
/* Tells views, and the observer of the mailboxes. `source` may be NULL: a local reader, a delivery. */
void gpo_mailbox_tell_added (GpoMailbox *mailbox, guint32 first_slot, guint n, GpoView *source);
void gpo_mailbox_tell_flags (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source);
void gpo_mailbox_tell_expunged (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source);
void gpo_mailbox_tell_gone (GpoMailbox *mailbox);

/* --- all mailboxes of a person --- */

#define GPO_MAILBOX_DELIMITER '/'
/* A name's bytes in UTF-8. */
#define GPO_MAILBOX_NAME_MAX 255

/* RFC 6154 §2. */
typedef enum
{
  GPO_USE_NONE,
  GPO_USE_ARCHIVE,
  GPO_USE_DRAFTS,
  GPO_USE_JUNK,
  GPO_USE_SENT,
  GPO_USE_TRASH,
  GPO_USE_FLAGGED,
  GPO_USE_ALL
} GpoSpecialUse;

typedef struct
{
  char *name;          /* UTF-8, delimiter '/'; "INBOX" for the person's first */
  gboolean selectable; /* FALSE: only a name that others are under, or subscribed and gone */
  gboolean exists;     /* FALSE: only subscribed */
  gboolean subscribed;
  gboolean children; /* there are mailboxes under it */
  GpoSpecialUse use; /* by its name or as asked for at CREATE */
} GpoMailboxEntry;

typedef enum
{
  GPO_CHANGE_ADDED,
  GPO_CHANGE_FLAGS,
  GPO_CHANGE_EXPUNGED
} GpoMailboxChange;

typedef struct
{
  void (*open) (GpoMailboxes *mailboxes, const char *name, GpoMailboxOpenFunc done, gpointer data);
  void (*refresh) (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data);
  void (*create) (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done,
                  gpointer data);
  void (*delete) (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data);
  void (*rename) (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done,
                  gpointer data);
  void (*subscribe) (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done,
                     gpointer data);
  void (*free) (GpoMailboxes *mailboxes);
} GpoMailboxesClass;

struct GpoMailboxes
{
  const GpoMailboxesClass *class;
  char *person; /* "bob" */
  GPtrArray
      *entries; /* of GpoMailboxEntry, sorted by name with INBOX first; replaced by refresh and by changes */
  GHashTable *mailboxes; /* name → GpoMailbox that is open */
  /* Hears every change of every open mailbox, once: for the trace. May be NULL. */
  void (*observer) (GpoMailbox *mailbox, GpoMailboxChange change, const guint32 *slots, guint n,
                    GpoView *source, gpointer data);
  gpointer observer_data;
};

/* Opens a mailbox, or gives another reference to it. INBOX in any case is INBOX. It stays open for a while
 * after its last reference went (a warm SELECT). */
void gpo_mailboxes_open (GpoMailboxes *mailboxes, const char *name, GpoMailboxOpenFunc done, gpointer data);
/* Reads the names again if the folder changed: before LIST. */
void gpo_mailboxes_refresh (GpoMailboxes *mailboxes, GpoMailboxFunc done, gpointer data);
/* RFC 3501 §6.3.3 to §6.3.7. CREATE makes the names above it too. DELETE of a name with children fails with
 * CHILDREN if it is not selectable itself, else leaves it as a name only. RENAME takes children along; of
 * INBOX moves its letters into a new mailbox. */
void gpo_mailboxes_create (GpoMailboxes *mailboxes, const char *name, GpoSpecialUse use, GpoMailboxFunc done,
                           gpointer data);
void gpo_mailboxes_delete (GpoMailboxes *mailboxes, const char *name, GpoMailboxFunc done, gpointer data);
void gpo_mailboxes_rename (GpoMailboxes *mailboxes, const char *from, const char *to, GpoMailboxFunc done,
                           gpointer data);
void gpo_mailboxes_subscribe (GpoMailboxes *mailboxes, const char *name, gboolean on, GpoMailboxFunc done,
                              gpointer data);
/* The entry of this name, or NULL. */
const GpoMailboxEntry *gpo_mailboxes_find (GpoMailboxes *mailboxes, const char *name);
void gpo_mailboxes_free (GpoMailboxes *mailboxes);

/* NULL if `name` (UTF-8) can be a mailbox's name, else a static sentence that says why not: empty, over 255
 * bytes, not UTF-8, control bytes, "." or ".." or nothing between delimiters, a leading "~". */
const char *gpo_mailbox_name_wrong (const char *name, gsize length);
/* Frees an entry. */
void gpo_mailbox_entry_free (GpoMailboxEntry *entry);
/* For implementations: fills the public half; sets entries to a sorted array with `children` and the use by
 * name worked out. */
void gpo_mailboxes_init (GpoMailboxes *mailboxes, const GpoMailboxesClass *class, const char *person);
void gpo_mailboxes_finish (GpoMailboxes *mailboxes);
void gpo_mailboxes_set_entries (GpoMailboxes *mailboxes, GPtrArray *entries);

G_END_DECLS
