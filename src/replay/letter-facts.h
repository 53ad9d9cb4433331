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
 * Pure: a function of the picture and n. Everything is copied; nothing belongs to the log. */
#pragma once
#include "letter/span.h"
#include "replay/picture.h"

G_BEGIN_DECLS

/* One command of the envelope and its answer. */
typedef struct
{
  char *verb;         /* "MAIL", "RCPT" */
  char *path;         /* without angle brackets; "" is the null reverse-path */
  char *reply;        /* the first line of the answer, as sent; NULL while there is none */
  gint64 code;        /* 0 while there is none */
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
  GpoSymbol added_by; /* the host that put it on top; 0: it came with the letter */
  gboolean own;       /* X- fields and others that no standard names */
  guint64 event;      /* that brought it */
} GpoFieldFact;

/* One part of the MIME tree. */
typedef struct
{
  guint depth;
  char *type;     /* "text/plain" */
  char *encoding; /* "quoted-printable", "7bit" */
  char *filename; /* or NULL */
  gint64 size;    /* bytes as they are in the letter */
} GpoPartFact;

typedef struct
{
  guint32 number;
  char *place;       /* "session", "queued", "mailbox" …; NULL if unknown */
  char *host;        /* that has it; NULL if unknown */
  char *mailbox;     /* "bob/INBOX", when it is in one */
  gboolean whole;    /* it has come to its end at the first host */
  gint64 size;       /* bytes as first sent, so far if it is not whole; -1: not in the trace */
  GPtrArray *hops;   /* of GpoHop, in the order of time */
  GPtrArray *fields; /* of GpoFieldFact, from the top of the letter as it is now */
  GPtrArray *parts;  /* of GpoPartFact */
  gint64 body_size;
  char *body;     /* what a person reads: the first text part, decoded; NULL: none in the trace */
  char *raw_body; /* the data as they are, UTF-8 made valid, no more than GPO_BODY_SHOWN bytes */
  gboolean cut;   /* raw_body or body is not all */
} GpoLetterFacts;

#define GPO_BODY_SHOWN (64 * 1024)

/* Never NULL: a letter nobody has said anything of has no hops. The caller frees. */
GpoLetterFacts *gpo_letter_facts_new (GpoPicture *picture, const GpoLetterTrack *letter, guint64 n);
void gpo_letter_facts_free (GpoLetterFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GpoLetterFacts, gpo_letter_facts_free)

/* The decoded value of the first field of this name, or NULL. */
const char *gpo_letter_facts_field (const GpoLetterFacts *facts, const char *name);

G_END_DECLS
