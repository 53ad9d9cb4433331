/* SPDX-License-Identifier: MIT */
/* journal-write.c: a sealed batch on its way to the disk.
 *
 * The kernel takes a write that passes the page cache and goes on with it alone (io_submit(2)), so the
 * thread that began it can make the batch's files meanwhile. Where it cannot (a file system without O_DIRECT)
 * io_submit() writes before it returns; where there is no io_submit() the write begins with the wait. */
#include "store/disk.h"
#include "store/journal-internal.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

void
gpo_journal_forget_requests (GpoJournalRecord *record)
{
  if (record->requests)
    (void) syscall (SYS_io_destroy, record->requests);
}

static gint test_idle;

void
gpo_journal_set_test_start (gboolean idle)
{
  g_atomic_int_set (&test_idle, idle);
}

void
gpo_journal_start (GpoJournal *journal, GpoJournalRecord *record)
{
  struct iocb request = { .aio_lio_opcode = IOCB_CMD_PWRITE,
                          .aio_fildes = (guint32) journal->fds[record->segment],
                          .aio_buf = (guintptr) record->bytes,
                          .aio_nbytes = record->length,
                          .aio_offset = (gint64) record->at };
  struct iocb *list = &request;
  if (g_atomic_int_get (&test_idle)
      || (record->requests == 0 && syscall (SYS_io_setup, 1, &record->requests) < 0))
    return;
  record->started = syscall (SYS_io_submit, record->requests, 1L, &list) == 1;
}

/* TRUE if the write that was started is done, and well. */
static gboolean
await_started (GpoJournalRecord *record)
{
  struct io_event event;
  long n;
  if (!record->started)
    return FALSE;
  do
    n = syscall (SYS_io_getevents, record->requests, 1L, 1L, &event, NULL);
  while (n < 0 && errno == EINTR);
  record->started = FALSE;
  return n == 1 && event.res == (gint64) record->length;
}

/* Some file systems take the flag O_DIRECT and then no write. */
static gboolean
write_blocks (int fd, GpoJournalRecord *record)
{
  struct iovec blocks = { record->bytes, record->length };
  if (gpo_disk_write (fd, &blocks, 1, record->at))
    return TRUE;
  if (errno != EINVAL || fcntl (fd, F_SETFL, 0) < 0)
    return FALSE;
  blocks = (struct iovec){ record->bytes, record->length };
  return gpo_disk_write (fd, &blocks, 1, record->at);
}

void
gpo_journal_write (GpoJournal *journal, GpoJournalRecord *record)
{
  record->error = await_started (record) || write_blocks (journal->fds[record->segment], record) ? 0 : errno;
}
