/* Sizes of all buffers, terminating zero included. */
#ifndef DIRECT_ACCESS_LIMITS_H
#define DIRECT_ACCESS_LIMITS_H

#define NAME_SIZE 65         /* name or type of a quantum system */
#define NAMES_OF_A_JOB 16
#define LIST_SIZE 1040       /* NAMES_OF_A_JOB names with commas */
#define NAMES_OF_A_SITE 256
#define NAMES_FILE_SIZE 65536
#define SECONDS_SIZE 11
#define OPTION_SIZE 64       /* SPANK_OPTION_MAXLEN is 75 */
#define PATH_SIZE 512
#define MESSAGE_SIZE 1024
#define RECORD_SIZE 4096
#define NODE_NAME_SIZE 256
#define RUNS_OF_A_JOB 64
#define MOST_GRACE_SECS 20

#endif
