/* SPDX-License-Identifier: MIT */
/* host.h: what a host of the little world is: plain data, filled from the scenario by src/office.
 *
 * Daemons, gateways and mailbox counters read it; nobody but the office writes it. Strings are owned
 * by the struct. A GpoWorld lives as long as the office. */
#pragma once
#include "trace/event.h"

G_BEGIN_DECLS

typedef struct GpoHost GpoHost;
typedef struct GpoWorld GpoWorld;

typedef enum
{
  GPO_ROLE_SMTP,
  GPO_ROLE_SUBMISSION,
  GPO_ROLE_IMAP,
  GPO_ROLE_IMAPS,
  GPO_ROLE_POP3,
  GPO_N_ROLES
} GpoRole;
/* "smtp", "submission", "imap", "imaps", "pop3". */
const char *gpo_role_name (GpoRole role);

/* RFC 5321 §4.5.3: defaults are at least those of the RFC. Bytes, seconds, counts; 0: no limit. */
typedef struct
{
  guint command_line;         /* 512 with CRLF; EHLO extensions add to it: 2048 here */
  guint text_line;            /* 1000 with CRLF (RFC 5321 §4.5.3.1.6) */
  guint recipients;           /* 1000 */
  gint64 letter;              /* 64 MiB */
  guint connections;          /* in all to this host: 2000 */
  guint connections_per_peer; /* 1000 on loopback */
  guint errors;               /* bad commands a session before 421: 20 */
  guint hops;                 /* Received fields before a letter is said to loop: 30 */
  guint command_timeout;      /* 300 s (RFC 5321 §4.5.3.2.7) */
  guint data_timeout;         /* 180 s between blocks (§4.5.3.2.5) */
  guint imap_timeout;         /* 1800 s (RFC 3501 §5.4) */
  guint pop3_timeout;         /* 600 s (RFC 1939 §3) */
  guint literal;              /* largest APPEND: 64 MiB */
} GpoLimits;
void gpo_limits_default (GpoLimits *limits);

typedef enum
{
  GPO_BARE_LF_REFUSE,
  GPO_BARE_LF_ACCEPT
} GpoBareLf;
/* What the scenario's `tls =` says: none: not offered; offered; required before AUTH and LOGIN. */
typedef enum
{
  GPO_TLS_NONE,
  GPO_TLS_OFFERED,
  GPO_TLS_REQUIRED
} GpoTlsPolicy;

typedef struct
{
  char *login; /* "bob": local part and login name */
  char *name;  /* "Bob", for people; may be NULL */
  char *password;
  GpoHost *host;
  char **mailboxes; /* made at start beside INBOX; NULL-terminated, may be NULL */
} GpoPerson;

struct GpoHost
{
  GpoWorld *world;
  char *name;                     /* "sparta": how the trace and the scenario call it */
  char *domain;                   /* "sparta.example": its mail domain and its name in greetings */
  GpoSymbol symbol;               /* of name */
  char *address;                  /* to listen on, "127.0.0.1" */
  guint16 port[GPO_N_ROLES];      /* 0: the kernel chooses; only where has_role */
  guint16 said_port[GPO_N_ROLES]; /* the same before all ports were moved: what texts call it */
  gboolean has_role[GPO_N_ROLES];
  gboolean down;        /* taken down by the scenario or by hand */
  gboolean relay;       /* a gateway: takes letters for any domain that the zone knows */
  char **relay_domains; /* restricts `relay` to these; NULL: all the zone knows */
  GHashTable *persons;  /* login (lower case) → GpoPerson */
  GpoPerson *first;     /* the person named first: also the postmaster, if nobody else is */
  GHashTable *aliases;  /* local part (lower case) → GStrv of addresses; for EXPN and delivery */
  GpoLimits limits;
  GpoBareLf bare_lf;
  GpoTlsPolicy tls;
  gboolean vrfy;     /* VRFY and EXPN answer truly (else 252) */
  char **mechanisms; /* SASL mechanisms offered, NULL-terminated */
  char **blocklist;  /* addresses and domains refused; may be NULL */
  gboolean greylist;
  char **spam_words;  /* a header with one of these gets the field X-Spam; may be NULL */
  char *preauth;      /* login of the person whom IMAP takes every caller for (PREAUTH); NULL: nobody */
  char *smarthost;    /* a next hop: everything not local goes there; NULL: by routes and zone */
  GHashTable *routes; /* domain → next hop, which this host knows without asking the zone */
  gboolean real_dns;  /* look names up in the real DNS that the zone does not know */
  GHashTable *extensions_off; /* set of upper-case EHLO keywords not offered; may be NULL */
};

typedef struct
{
  char *domain;  /* lower case */
  GPtrArray *mx; /* of GpoMx, sorted by preference */
} GpoZoneEntry;
typedef struct
{
  guint preference;
  char *exchange; /* domain name of a host */
} GpoMx;

typedef struct
{
  gint64 *intervals; /* µs between tries; the last repeats */
  guint n_intervals;
  gint64 give_up;    /* µs after arrival */
  gint64 warn_after; /* µs after arrival; 0: never */
} GpoRetry;

struct GpoWorld
{
  char *title;
  GPtrArray *hosts;   /* of GpoHost, in the scenario's order */
  GHashTable *zone;   /* domain → GpoZoneEntry */
  GHashTable *routes; /* domain → next hop, for every host */
  GpoRetry retry;
  gboolean outside; /* the scenario asks for listening and sending outside loopback; else refused */
};

/* Aliases may name aliases, but not more of them one behind the other than this. */
#define GPO_ALIAS_DEPTH 8

/* Where mail for a path would go. */
typedef enum
{
  GPO_PLACE_NOWHERE,  /* our domain, no such person: 550 5.1.1 */
  GPO_PLACE_MAILBOX,  /* a person here */
  GPO_PLACE_ALIAS,    /* a list of addresses here */
  GPO_PLACE_ELSEWHERE /* another domain: needs relaying */
} GpoPlace;

/* The host of this name or domain (ASCII case ignored), or NULL. */
GpoHost *gpo_world_host (const GpoWorld *world, const char *name);
/* The person with this login at this host ("bob" or "bob@sparta.example"), or NULL. */
GpoPerson *gpo_host_person (const GpoHost *host, const char *login);
/* Where mail for this path goes at this host. `person` (may be NULL) is set for GPO_PLACE_MAILBOX. postmaster
 * without a person of that name is the host's first person (RFC 5321 §4.5.1). */
GpoPlace gpo_host_place (const GpoHost *host, const char *path, GpoPerson **person);
/* The addresses of GPO_PLACE_ALIAS, ended by NULL; the host's. */
char **gpo_host_alias (const GpoHost *host, const char *path);
/* The next hop this host is to use for a domain instead of the zone's MX: its own route, the world's, or
 * its smarthost; NULL: ask the zone. A next hop is a host of this world by name ("sparta": where it listens
 * now, see GpoPost.port) or "ADDRESS:PORT", "[::1]:2500" for IPv6. Belongs to the host. */
const char *gpo_host_route (const GpoHost *host, const char *domain);
/* Whether mail for this domain ends here. */
gboolean gpo_host_is_local (const GpoHost *host, const char *domain, gsize length);
void gpo_world_free (GpoWorld *world);
GpoWorld *gpo_world_new (void);
GpoHost *gpo_world_add_host (GpoWorld *world, const char *name, const char *domain);
GpoPerson *gpo_host_add_person (GpoHost *host, const char *login, const char *name, const char *password);

G_END_DECLS
