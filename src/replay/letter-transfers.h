/* SPDX-License-Identifier: MIT */
/* letter-transfers.h: how a letter came from host to host, as of event n, and the bytes of each transfer.
 *
 * A transfer is one delivery of a letter's content: a client's DATA or BDAT to one host, a literal of
 * APPEND, or a letter that a host wrote by itself. Its bytes have two forms:
 *
 *  - the **wire form**, as it was sent: with a dot more before each line that begins with one
 *    (RFC 5321 §4.5.2), unless it came by BDAT, which counts instead (RFC 3030 §2);
 *  - the **stored form**: dots undone, and the fields this host added on top (RFC 5321 §4.4).
 *
 * A letter that lay in a mailbox before the trace began was handed on by nobody in it. If a reader has fetched
 * it by IMAP or POP3, its one transfer is that answer: `fetched`.
 *
 * A trace holds a letter's bytes once: where the next hop's `data` events only refer to them, its wire form
 * is rebuilt from what the host before had stored, and its length must be the one recorded.
 *
 * Pure: a function of the picture and n. Nothing belongs to the log, except `added` and `id`. */
#pragma once
#include "letter/span.h"
#include "replay/picture.h"

G_BEGIN_DECLS

/* One `data` event of a transfer. */
typedef struct
{
  guint64 event;
  gsize start, length; /* of the wire form */
} GpoWirePiece;

typedef struct
{
  guint32 session;   /* 0: none, the host wrote it by itself */
  GpoSymbol host;    /* that took it */
  GpoSymbol caller;  /* that sent it; 0: a stranger, a mail program */
  gint before;       /* the transfer this one hands on, or -1 */
  gboolean stuffed;  /* it came by DATA */
  gboolean fetched;  /* a reader (`caller`) got it from `host`: both forms are what lies there */
  gboolean recorded; /* its bytes are those of `before`: the trace only refers to them */
  GArray *pieces;    /* of GpoWirePiece, in order */
  gsize wire;        /* bytes sent so far */
  guint64 dot;       /* the line that ended it; G_MAXUINT64 if there is none yet */
  guint64 whole;     /* the `letter` event; G_MAXUINT64 while it is not whole, or was refused */
  const char *id;    /* "L1-kdgj", NULL before it is whole; belongs to the event */
  const char *added; /* what the host put on top; belongs to the event; NULL: nothing */
  gsize added_length;
} GpoTransfer;

/* The transfers begun by n, in the order of time. The caller frees (g_ptr_array_unref). */
GPtrArray *gpo_letter_transfers_new (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n);

/* The bytes of one transfer, as far as they are there at n and no further than a limit. */
typedef struct
{
  GBytes *wire;   /* never NULL; empty if the trace does not hold them */
  GBytes *stored; /* never NULL */
  gsize added;    /* so many of the stored ones were put on top by the host */
  GArray *dots;   /* of gsize: where in the wire form the stuffed dots are, ascending */
  gboolean cut;   /* more bytes came than the limit */
  gboolean lost;  /* bytes came that the trace does not hold */
} GpoLetterBytes;

/* `limit`: read no more bytes of the wire form than that; 0: all. */
GpoLetterBytes *gpo_letter_bytes_new (GpoPicture *picture, GPtrArray *transfers, guint index, gsize limit);
void gpo_letter_bytes_free (GpoLetterBytes *bytes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLetterBytes, gpo_letter_bytes_free)

/* Where a byte of the stored form is on the wire; G_MAXSIZE if the host added it. And the other way: a
 * stuffed dot stands where the byte behind it does. */
gsize gpo_letter_bytes_to_wire (const GpoLetterBytes *bytes, gsize stored);
gsize gpo_letter_bytes_to_stored (const GpoLetterBytes *bytes, gsize wire);
/* How many stuffed dots lie before this place of the wire form; and whether a dot there is one. */
guint gpo_letter_bytes_dots_before (const GpoLetterBytes *bytes, gsize wire);
gboolean gpo_letter_bytes_is_dot (const GpoLetterBytes *bytes, gsize wire);
/* The event that brought a byte of the stored form: a `data` event, or the `letter` event for what the host
 * added. G_MAXUINT64 if there is none. */
guint64 gpo_transfer_event (const GpoTransfer *transfer, const GpoLetterBytes *bytes, gsize stored);

G_END_DECLS
