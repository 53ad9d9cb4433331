/* SPDX-License-Identifier: MIT */
/* mailbox-internal.h: what the files of the Maildir mailboxes know of each other.
 *
 *     mailbox-maildir.c   all mailboxes of a person: names, create, delete, rename, subscriptions
 *     mailbox-folder.c    one of them while it is open; its list of UIDs as a file
 *     mailbox-open.c      opening: the list of UIDs and the files are brought together  (on a reader's thread)
 *     mailbox-order.c     letters that nobody has given UIDs, sorted
 *     mailbox-scan.c      what local readers did meanwhile
 *     mailbox-change.c    flags, letters that come and go: first the list, then the table, then the files' names
 *     mailbox-tidy.c      the files' names follow
 *     mailbox-append.c, mailbox-copy.c
 *     mailbox-read.c      letters read, and what is kept of them: mailbox-cache.c
 *     mailbox-date.c      their dates
 *     mailbox-watch.c     inotify
 *
 * How a change is made. It is a job of the store's committer. The job writes lines to the list of UIDs, which
 * the batch makes durable; then `done` changes the table and tells. Only afterwards, in small jobs nobody
 * waits for, the files are renamed or unlinked to follow ("tidying"), and at last the list says so ("s"). A
 * crash in between is made good when the mailbox is opened: what the list says after its last "s" wins over
 * the files' names; before it, the names win, since a local reader may have changed them.
 *
 * Threads. The committer runs jobs one after the other and calls each `done` in the same order. So a scan
 * that runs as a job sees the folder exactly as the table will be when the scan's `done` is called, but for
 * what others did. The list's file and its next UID belong to the committer's thread, the rest to the
 * office's; opening and reading are on two further threads. */
#pragma once
#include "store/mailbox-maildir.h"
#include "store/mailbox-cache.h"
#include "store/mailbox-watch.h"
#include "store/store-internal.h"
#include "store/uidlist.h"

G_BEGIN_DECLS

typedef struct GpoMaildirs GpoMaildirs;

/* A letter's file, beside its GpoMessage (whose `file` is its base name). */
typedef struct
{
  guint32 disk;    /* flags in the file's name */
  guint32 planned; /* flags once all jobs are done */
  guint16 pending; /* jobs under way that concern it */
  guint8 in_new;   /* the file is in new/, else in cur/ */
  guint8 passed;   /* its name has a "P" */
  guint8 missed;   /* the last scan did not find it */
  guint8 leaving;  /* it will be expunged */
  guint8 untidy;   /* it is in `untidy` */
} GpoFileRow;

/* Where a letter's file is, as far as the office knew when a job was made. */
typedef struct
{
  const char *base;
  guint32 disk, planned;
  guint8 in_new, passed;
} GpoFileRef;

/* One file that a scan found. */
typedef struct
{
  gsize name; /* in the scan's text, NUL-terminated, cut behind the base */
  guint32 flags;
  guint8 in_new, passed, seen;
} GpoFoundFile;

typedef struct
{
  GString *text;
  GArray *files;  /* of GpoFoundFile: those in new/ first */
  GArray *places; /* of GpoPlace: where each stands in the order of delivery (mailbox-order.c) */
  gboolean did_new, did_cur;
} GpoFolderScan;

typedef struct
{
  GpoMailbox mailbox;
  GpoMaildirs *owner;
  char *path;
  int fd;              /* the folder; all names below are relative to it */
  GArray *rows;        /* of GpoFileRow, by slot */
  GStringChunk *names; /* base names */
  GArray *places;      /* of GpoPlace: slots in the order of delivery, to be found by name (mailbox-order.c) */
  gboolean misplaced;  /* they must be sorted first */
  GHashTable *coming;  /* base names of letters that a job is about to add */
  GpoMailboxCache *cache;
  gint64 unused_since; /* monotonic µs; 0: in use */

  /* the list's file: the committer's thread */
  int list_fd;
  guint64 list_size;
  guint32 list_uidnext;
  guint64 list_modseq;
  guint32 list_edition;
  GString *loose; /* the last lines, if they were promised to nobody: the next promise takes them along */

  guint changes;      /* jobs under way that write to the list */
  guint weight;       /* letters that lines were written for since the list was last written whole */
  gboolean unsettled; /* lines were written that "s" must follow */
  GArray *untidy;     /* of guint32: slots whose file must follow the table */
  guint untidy_done;  /* those before this were taken */
  gboolean tidying;

  gboolean watched; /* the kernel tells of changes */
  gboolean loading; /* the table is a reader's thread's: what the kernel tells is looked at when it is done */
  gboolean dirty_new, dirty_cur, scanning;
  guint appending; /* APPENDs that are being committed */
  GSource *scan_later;
  gint64 scan_not_before;
  GArray *rescans; /* of GpoWaiter: wait for the folder to be looked at */
} GpoFolder;

typedef struct
{
  GpoMailboxFunc done;
  gpointer data;
} GpoWaiter;

struct GpoMaildirs
{
  GpoMailboxes mailboxes;
  GpoStore *store;
  GMainContext *context;
  char *path, *host;
  GHashTable *folders; /* mailbox name → folder's name under `path` ("" for INBOX), of those that exist */
  GPtrArray *openings; /* of Opening */
  GHashTable *subscribed; /* set of names */
  GHashTable *uses;       /* name → GpoSpecialUse asked for */
  GThreadPool *readers;
  GMutex validity_lock;
  GSource *closing; /* now and then closes mailboxes that nobody uses */
  guint removed;    /* folders removed so far, for names */
};

static inline GpoFolder *
gpo_folder (GpoMailbox *mailbox)
{
  return (GpoFolder *) mailbox;
}

static inline GpoFileRow *
gpo_folder_row (GpoFolder *folder, guint32 slot)
{
  return &g_array_index (folder->rows, GpoFileRow, slot);
}

/* --- mailbox-maildir.c --- */

/* A UIDVALIDITY larger than any of this person's before. Any thread. 0 and `error`. */
guint32 gpo_maildirs_next_validity (GpoMaildirs *owner, GError **error);
/* An error of G_IO_ERROR or G_FILE_ERROR as one of GPO_MAILBOX_ERROR. The caller frees; NULL for NULL. */
GError *gpo_mailbox_error_from (const GError *error);
/* Calls done later, with a copy of `error` (may be NULL). */
void gpo_maildirs_later (GpoMaildirs *owner, const GError *error, GpoMailboxFunc done, gpointer data);

/* Work on a reader's thread, then `done` on the office's. Embed it first. */
typedef struct GpoReaderTask GpoReaderTask;
struct GpoReaderTask
{
  GpoJob job;
  GpoMaildirs *owner;
  void (*work) (GpoReaderTask *task);
  void (*finished) (GpoReaderTask *task); /* frees it */
};
void gpo_reader_start (GpoMaildirs *owner, GpoReaderTask *task);

/* --- mailbox-folder.c --- */

GpoFolder *gpo_folder_new (GpoMaildirs *owner, const char *name, const char *path);
void gpo_folder_free (GpoFolder *folder);
/* Adds a letter to table, rows and names. */
guint32 gpo_folder_add (GpoFolder *folder, const GpoMessage *message, const char *base,
                        const GpoFileRow *row);
typedef enum
{
  GPO_LINES_LOOSE,    /* nobody waits for them */
  GPO_LINES_SETTLED,  /* nor for these; and the journal must not have them: they may be true of the disk only
                         later */
  GPO_LINES_PROMISED, /* durable with the job */
  GPO_LINES_REMOVE    /* so too, and not by the journal, which would bring the letters back */
} GpoLinesUse;

/* Appends lines to the list, on the committer's thread, while its batch is written: so UIDs and modseqs are
 * in the order of the jobs. `job` and `batch` only if they are to be durable. */
gboolean gpo_folder_write (GpoFolder *folder, GpoLinesUse use, GpoJob *job, GpoBatch *batch,
                           const GString *lines, GError **error);
/* The whole list as the table is, in the edition after `list_edition`. */
GString *gpo_folder_list_text (GpoFolder *folder);
/* The list's file is another one now, of this size, open as fd. */
void gpo_folder_take_list (GpoFolder *folder, int fd, gsize size);
/* A letter's size in CRLF form, if its file's name tells it. */
gboolean gpo_folder_size_of_name (const char *name, guint32 *size);
/* A letter's size in CRLF form and its date, of the file `name` within the folder fd. FALSE with errno: it
 * cannot be read. */
gboolean gpo_folder_measure (int fd, const char *name, guint32 *size, gint64 *date);
GpoFileRef gpo_folder_ref (GpoFolder *folder, guint32 slot);
/* "cur/BASE:2,FS" or "new/BASE". `out` is overwritten. */
const char *gpo_file_name (GString *out, const char *base, gboolean in_new, guint32 flags, gboolean passed);
/* Finds the file under the names it may have; writes the one it has. FALSE: it is gone. Blocks; any thread.
 */
gboolean gpo_file_find (int folder_fd, const GpoFileRef *ref, GString *out);
extern const GpoMailboxClass gpo_folder_class;

/* --- mailbox-open.c --- */

/* Fills a new folder from the disk. FALSE and `error`. On a reader's thread. */
gboolean gpo_folder_load (GpoFolder *folder, GError **error);

/* --- mailbox-scan.c --- */

gboolean gpo_scan_read (int folder_fd, gboolean with_new, gboolean with_cur, GpoFolderScan *scan,
                        GError **error);
void gpo_scan_clear (GpoFolderScan *scan);
void gpo_folder_rescan (GpoMailbox *mailbox, GpoMailboxFunc done, gpointer data);
/* Something may have changed: looks soon. */
void gpo_folder_look (GpoFolder *folder, gboolean in_new, gboolean in_cur);
/* The kernel says that this file came or went. */
void gpo_folder_event (GpoFolder *folder, gboolean in_new, gboolean came, char *name);

/* --- mailbox-order.c --- */

/* A letter in the order of delivery. `index` is its owner's own. */
typedef struct
{
  guint64 moment;
  guint32 index;
} GpoPlace;
#define GPO_NO_PLACE G_MAXUINT32
typedef const char *(*GpoPlaceName) (gconstpointer owner, guint32 index);

/* The moment that a file's name begins with: seconds and, behind ".M", microseconds. 0: it begins otherwise. */
guint64 gpo_name_moment (const char *name);
/* Sorts GpoPlaces by moment, then by name; those of one name by index. */
void gpo_places_sort (GArray *places, GpoPlaceName name, gconstpointer owner);
/* The index of the one of this name among sorted places, or GPO_NO_PLACE. */
guint32 gpo_places_find (const GArray *places, GpoPlaceName name, gconstpointer owner, const char *wanted);
/* The name of the i-th file that was found, up to its flags. */
static inline const char *
gpo_scan_name (const GpoFolderScan *scan, guint i)
{
  return scan->text->str + g_array_index (scan->files, GpoFoundFile, i).name;
}
/* Brings the files into this order. Of a letter that was seen twice the later file stays. */
void gpo_scan_sort (GpoFolderScan *scan);
/* The index of a letter's file among those sorted, or GPO_NO_PLACE. */
guint32 gpo_scan_find (const GpoFolderScan *scan, const char *base);
/* A letter is in the table: from now on it is found by name. */
void gpo_folder_place (GpoFolder *folder, guint32 slot);
/* The slot of the letter whose file is called so, or GPO_NO_PLACE. */
guint32 gpo_folder_find (GpoFolder *folder, const char *base);

/* --- mailbox-change.c --- */

/* A letter that a change adds. */
typedef struct
{
  char *base;
  GpoFileRow row;
  guint32 letter;
  guint32 uid; /* set by the job */
  guint32 size;
  gint64 date;
  gboolean measure; /* size and date are read from the file */
  gboolean gone;    /* it was not there any more */
} GpoAdded;

typedef struct GpoChange GpoChange;
struct GpoChange
{
  GpoJob job;
  GpoFolder *folder;
  GArray *added;   /* of GpoAdded */
  GArray *slots;   /* of guint32: those that change, ascending */
  GArray *flags;   /* of guint32, as many: their flags; NULL: they are gone */
  gboolean unlink; /* … and we unlink them */
  guint64 modseq;  /* set by the job */
  GpoView *source;
  void (*changed) (GpoChange *change, const GError *error); /* after all is told; may be NULL */
  GpoMailboxFunc done;
  GpoMailboxStoreFunc stored;
  GArray *failed;
  gpointer data;
};

GpoChange *gpo_change_new (GpoFolder *folder);
/* Starts it and takes it. */
void gpo_change_start (GpoChange *change);
/* The view, if it is still there. */
GpoView *gpo_folder_view (GpoFolder *folder, GpoView *view);
void gpo_folder_store (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoStoreMode mode, guint32 flags,
                       guint64 unchanged_since, GpoView *source, GpoMailboxStoreFunc done, gpointer data);
void gpo_folder_expunge (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoView *source,
                         GpoMailboxFunc done, gpointer data);
gboolean gpo_folder_add_keyword (GpoMailbox *mailbox, const char *name);
void gpo_folder_claimed (GpoMailbox *mailbox);
/* The lines that say of ascending slots what is in `flags` (NULL: gone). */
void gpo_folder_lines (GpoFolder *folder, GString *out, const GArray *slots, const GArray *flags,
                       gboolean unlink, guint64 modseq);

/* Writes lines to the list that nobody waits for. Takes them. */
void gpo_folder_note (GpoFolder *folder, GString *lines);

/* --- mailbox-tidy.c --- */

/* The slot's file must follow the table. */
void gpo_folder_untidy (GpoFolder *folder, guint32 slot);
void gpo_folder_tidy (GpoFolder *folder);

/* --- mailbox-append.c, mailbox-copy.c, mailbox-read.c, mailbox-date.c --- */

GpoAppend *gpo_folder_append_begin (GpoMailbox *mailbox, void (*drained) (gpointer), gpointer data);
gboolean gpo_folder_append_write (GpoAppend *append, const char *bytes, gsize n);
void gpo_folder_append_abort (GpoAppend *append);
void gpo_folder_append_commit (GpoAppend *append, guint32 flags, gint64 date, guint32 letter,
                               GpoMailboxAppendFunc done, gpointer data);
void gpo_folder_copy (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailbox *to, gboolean move,
                      GpoView *source, GpoMailboxCopyFunc done, gpointer data);
void gpo_folder_read (GpoMailbox *mailbox, const guint32 *slots, guint n, gsize most, GpoMailboxReadFunc done,
                      gpointer data);
gboolean gpo_folder_info (GpoMailbox *mailbox, guint32 slot, GpoLetterInfo *out);
void gpo_folder_load_info (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done,
                           gpointer data);
void gpo_folder_load_dates (GpoMailbox *mailbox, const guint32 *slots, guint n, GpoMailboxFunc done,
                            gpointer data);

G_END_DECLS
