/* SPDX-License-Identifier: MIT */
/* letter-facts.h: what is known of one letter at event n, in three objects of their own.
 *
 *  - the **envelope**, told anew at every hop (MAIL FROM, RCPT TO) and answered by each server; servers act
 * on it alone (RFC 5321 §2.3.1);
 *  - the **header**, fields written by the sender's program, with those each host put on top;
 *  - the **data** behind the empty line.
 *
 * And where the envelope and the header disagree, which is legal and is how a blind copy works.
 *
 * Header and data are those of one transfer (letter-transfers.h), in its stored form; every field and part
 * says where its bytes are in it. Pure: a function of the picture, n, and the transfer asked for. Texts are
 * copied; nothing belongs to the log but what letter-transfers.h says. */
#pragma once
#include "letter/field-kind.h"
#include "letter/part-form.h"
#include "letter/span.h"
#include "replay/letter-transfers.h"
#include "replay/picture.h"

G_BEGIN_DECLS

/* One command of the envelope and its answer. */
typedef struct
{
  char *verb;         /* "MAIL", "RCPT" */
  char *path;         /* without angle brackets; "" is the null reverse-path */
  char *reply;        /* the first line of the answer, as sent or to be sent; NULL while there is none */
  char *was;          /* the server's own, if somebody or a fault put another in its place; else NULL */
  gboolean held;      /* the answer waits at the gate: nobody has heard it */
  gint64 code;        /* of the answer; 0 while there is none */
  guint64 event;      /* the `edge` event */
  gboolean in_header; /* MAIL: the address is in From or Sender; RCPT: in To or Cc */
} GpoSaid;

/* One transfer: who told whom which envelope. */
typedef struct
{
  guint32 session;
  GpoSymbol host;   /* who was told */
  GpoSymbol caller; /* who told it; 0: a stranger, a mail program */
  guint64 first;    /* event */
  GPtrArray *said;  /* of GpoSaid */
} GpoHop;

/* One header field. */
typedef struct
{
  char *name;
  char *raw;  /* the value as it is, with its folding, without the last line ending; UTF-8 made valid */
  char *text; /* unfolded and decoded (RFC 2047) */
  GpoHeaderKind kind;
  GpoSymbol added_by; /* the host that put it on top; 0: it came with the letter */
  gboolean folded;    /* over several lines */
  gboolean encoded;   /* the text is not what the bytes say literally (RFC 2047) */
  GpoSpan span;       /* in the stored form: name to the last line ending */
  guint64 event;      /* that brought it in this transfer */
} GpoFieldFact;

/* One part of the MIME tree. */
typedef struct
{
  guint depth;
  guint index;    /* in the anatomy */
  char *type;     /* "text/plain" */
  char *encoding; /* as written: "quoted-printable", "7bit" */
  char *charset;  /* or NULL */
  char *filename; /* or NULL; as the sender wrote it */
  gint64 size;    /* bytes as they are in the letter */
  gint64 decoded; /* bytes with the encoding undone; -1: not counted (gpo_letter_part_decoded()) */
  GpoPartForm form;
} GpoPartFact;

/* Where what the envelope says is not what the header says. */
typedef enum
{
  GPO_DIFFERS_SENDER, /* MAIL FROM is in neither From nor Sender */
  GPO_DIFFERS_NULL,   /* MAIL FROM:<>: a report; nobody is told if it cannot be delivered */
  GPO_DIFFERS_BLIND,  /* a recipient that neither To nor Cc names */
  GPO_DIFFERS_ABSENT, /* To or Cc names somebody to whom this transfer does not go */
  GPO_DIFFERS_BCC     /* the header has a Bcc field: every recipient can read it */
} GpoDiffers;

typedef struct
{
  GpoDiffers what;
  char *path;    /* the address; of BCC: the field's text */
  guint64 event; /* the `edge` event or what brought the field */
} GpoDifference;

typedef struct
{
  guint32 number;
  char *place;            /* "session", "queued", "mailbox" …; NULL if unknown */
  char *host;             /* that has it; NULL if unknown */
  char *mailbox;          /* "bob/INBOX", when it is in one */
  gboolean whole;         /* it has come to its end at the first host */
  gboolean older;         /* it was there before the trace began */
  gint64 size;            /* bytes as first sent, so far if it is not whole; -1: not in the trace */
  GPtrArray *hops;        /* of GpoHop, in the order of time */
  GPtrArray *transfers;   /* of GpoTransfer, in the order of time */
  gint transfer;          /* which of them header and data are from; -1: no byte has come */
  GpoLetterBytes *bytes;  /* its bytes; NULL: no byte has come */
  GPtrArray *fields;      /* of GpoFieldFact, from the top of the letter in this transfer's stored form */
  GPtrArray *parts;       /* of GpoPartFact */
  GPtrArray *differences; /* of GpoDifference, of this transfer */
  GpoSpan header;         /* in the stored form, with the empty line behind it if that has come */
  gboolean header_ended;  /* the empty line has come */
  gint64 body_size;
  char *body;         /* what a person reads: the first text part, decoded; NULL: none in the trace */
  char *raw_body;     /* the data as they are, UTF-8 made valid, no more than GPO_BODY_SHOWN bytes */
  gboolean cut;       /* raw_body or body is not all */
  GpoAnatomy anatomy; /* of the stored form; only if `bytes` */
} GpoLetterFacts;

#define GPO_BODY_SHOWN (64 * 1024)
/* No more of a letter is read than this, unless asked for. */
#define GPO_LETTER_READ (4 * 1024 * 1024)
/* Of the transfer: the newest that is whole, else the newest. */
#define GPO_TRANSFER_NEWEST (-1)

/* Never NULL: a letter nobody has said anything of has no hops. The caller frees. */
GpoLetterFacts *gpo_letter_facts_new (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n);
/* The same of a certain transfer (there may be fewer at n: then the newest), reading at most `limit` bytes
 * (0: all). */
GpoLetterFacts *gpo_letter_facts_new_at (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n,
                                         gint transfer, gsize limit);
void gpo_letter_facts_free (GpoLetterFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLetterFacts, gpo_letter_facts_free)

/* The transfer shown, or NULL; the bytes of its stored form, or NULL. */
const GpoTransfer *gpo_letter_facts_transfer (const GpoLetterFacts *facts);
const char *gpo_letter_facts_stored (const GpoLetterFacts *facts, gsize *length);
/* The hop that told the envelope of this transfer, or NULL. */
const GpoHop *gpo_letter_facts_hop (const GpoLetterFacts *facts, const GpoTransfer *transfer);
/* The decoded value of the first field of this name, or NULL. */
const char *gpo_letter_facts_field (const GpoLetterFacts *facts, const char *name);
/* A part's bytes with the encoding undone (the caller unrefs); notes their number in the fact. */
GBytes *gpo_letter_part_decoded (const GpoLetterFacts *facts, GpoPartFact *part);

/* What fills `fields`, `parts` and `differences` (letter-fields.c); for letter-facts.c alone. */
void gpo_letter_facts_gather_fields (GpoLetterFacts *facts, const char *bytes, gsize length);
void gpo_letter_facts_gather_parts (GpoLetterFacts *facts);
void gpo_letter_facts_compare (GpoLetterFacts *facts);

G_END_DECLS
