/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "container/engine.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "container/metafile.h"
#include "util/alloc.h"
#include "util/clock.h"
#include "util/sort.h"

#define DEADLINE_MS 300
#define ANSWER_MAX ((size_t)4 * 1024 * 1024)
#define ANSWER_OF_USER_MAX ((size_t)512 * 1024)

/*
 * libcurl by hand: linking it would cost every start of ours some 8 ms, for the libraries that it
 * brings, and few ever need it. It is never closed again, as those libraries do not bear that.
 */
#define CURL_FUNCTIONS(X)                                                                          \
	X(curl_easy_init)                                                                          \
	X(curl_easy_setopt)                                                                        \
	X(curl_easy_getinfo)                                                                       \
	X(curl_multi_info_read)                                                                    \
	X(curl_easy_cleanup)                                                                       \
	X(curl_multi_init)                                                                         \
	X(curl_multi_add_handle)                                                                   \
	X(curl_multi_remove_handle)                                                                \
	X(curl_multi_perform)                                                                      \
	X(curl_multi_poll)                                                                         \
	X(curl_multi_cleanup)

/* With the types of curl.h, whose macros of the same names check arguments. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
struct libcurl {
#define MEMBER(name) __typeof__(&name) name;
	CURL_FUNCTIONS(MEMBER)
#undef MEMBER
};

static int load_libcurl(struct libcurl *ret)
{
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return -ENOENT;
#define FIND(name)                                                                                 \
	ret->name = (__typeof__(ret->name))dlsym(library, #name);                                  \
	if (!ret->name)                                                                            \
		return -ENOENT;
	CURL_FUNCTIONS(FIND)
#undef FIND
	return 0;
}

/* A socket that is asked. */
struct question {
	const char *engine;
	uid_t owner;
	int socket;
	CURL *handle;
	bool answered; /* to the end, and with success */
	char *answer;
	size_t n, capacity;
};

struct questions {
	size_t n, capacity;
	struct question *items;
};

static void questions_clear(struct questions *questions)
{
	for (size_t i = 0; i < questions->n; i++) {
		closep(&questions->items[i].socket);
		free(questions->items[i].answer);
	}
	free(questions->items);
}

/* The socket itself, which is then connected to by its descriptor. */
static int open_socket(const char *path, uint64_t resolve, uid_t *ret_owner)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = resolve };
	_cleanup_(closep) int fd = syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	*ret_owner = st.st_uid;
	return TAKE_FD(fd);
}

static void add_question(struct questions *questions, const char *engine, uid_t owner, int fd)
{
	questions->items = xgrow(questions->items, questions->n, &questions->capacity,
				 sizeof(*questions->items));
	questions->items[questions->n++] =
		(struct question){ .engine = engine, .owner = owner, .socket = fd };
}

static const struct place {
	const char *engine, *variable, *path, *below; /* below /run/user/UID */
} places[] = {
	{ "docker", "DOCKER_HOST", "/run/docker.sock", "docker.sock" },
	{ "podman", "CONTAINER_HOST", "/run/podman/podman.sock", "podman/podman.sock" },
};

/* Who says where their engine is wants that one asked, and not the usual one. */
static const char *chosen_path(const struct place *place)
{
	const char *value = getenv(place->variable);
	return value && strncmp(value, "unix://", 7) == 0 ? value + 7 : NULL;
}

/* What stands in a folder of an ordinary user has to be theirs, and reached without symbolic links,
 * so that it leads nobody to somewhere else. */
static void add_usual_socket(struct questions *questions, const char *engine, uid_t owner,
			     const char *path)
{
	uid_t found;
	_cleanup_(closep) int fd = open_socket(path, owner ? RESOLVE_NO_SYMLINKS : 0, &found);
	if (fd >= 0 && (owner == 0 || found == owner))
		add_question(questions, engine, owner, TAKE_FD(fd));
}

static void add_sockets(struct questions *questions, uid_t owner)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_(freep) char *path =
			owner ? xasprintf("/run/user/%u/%s", owner, places[i].below)
			      : xstrdup(places[i].path);
		if (!chosen_path(&places[i]))
			add_usual_socket(questions, places[i].engine, owner, path);
	}
}

/* What the environment names may be anybody's: the owner is that of the socket. */
static void add_chosen_sockets(struct questions *questions)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const char *path = chosen_path(&places[i]);
		uid_t owner;
		int fd = path ? open_socket(path, 0, &owner) : -1;
		if (fd >= 0)
			add_question(questions, places[i].engine, owner, fd);
	}
}

static size_t take_answer(char *bytes, size_t size, size_t n, void *to)
{
	struct question *question = to;
	size_t max = question->owner ? ANSWER_OF_USER_MAX : ANSWER_MAX;
	n *= size;
	if (n > max - question->n)
		return 0; /* libcurl gives up then */
	while (question->n + n >= question->capacity)
		question->answer =
			xgrow(question->answer, question->capacity, &question->capacity, 1);
	memcpy(question->answer + question->n, bytes, n);
	question->n += n;
	return n;
}

static void prepare(const struct libcurl *curl, CURLM *multi, struct question *question)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", question->socket);
	CURL *handle = question->handle = curl->curl_easy_init();
	if (!handle)
		return;
	curl->curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, path);
	curl->curl_easy_setopt(handle, CURLOPT_URL, "http://localhost/containers/json?all=1");
	curl->curl_easy_setopt(handle, CURLOPT_NOPROXY, "*");
	curl->curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	curl->curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
	curl->curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)DEADLINE_MS);
	curl->curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_answer);
	curl->curl_easy_setopt(handle, CURLOPT_WRITEDATA, question);
	curl->curl_multi_add_handle(multi, handle);
}

/* Until all have answered, or the time is over. */
static void perform(const struct libcurl *curl, CURLM *multi)
{
	int64_t end = clock_ms() + DEADLINE_MS;
	int n_running = 0;
	do {
		int64_t left = end - clock_ms();
		if (left <= 0 || curl->curl_multi_perform(multi, &n_running) != CURLM_OK ||
		    !n_running)
			return;
		curl->curl_multi_poll(multi, NULL, 0, (int)left, NULL);
	} while (true);
}

static void add_answer(const struct question *question, const cJSON *item, struct known_list *list)
{
	const char *id = json_get_text(item, "Id"), *state = json_get_text(item, "State");
	const char *name = json_get_first_text(item, "Names");
	if (!id || !*id || !name)
		return;
	struct known known = { .container = { .engine = question->engine,
					      .owner = question->owner } };
	known.container.id = xstrdup(id);
	known.running = state && strcmp(state, "running") == 0;
	known_set_name(&known, *name == '/' ? name + 1 : name);
	known_list_add(list, &known);
}

static void read_answer(const struct question *question, struct known_list *list)
{
	const cJSON *item;
	_cleanup_(json_deletep) cJSON *json =
		question->answered && question->n
			? cJSON_ParseWithLength(question->answer, question->n)
			: NULL;
	if (cJSON_IsArray(json))
		cJSON_ArrayForEach (item, json)
			add_answer(question, item, list);
}

/* Which of them are done. */
static void note_answers(const struct libcurl *curl, CURLM *multi, struct questions *questions)
{
	const CURLMsg *message;
	int n_left;
	while ((message = curl->curl_multi_info_read(multi, &n_left))) {
		long status = 0;
		if (message->msg != CURLMSG_DONE || message->data.result != CURLE_OK)
			continue;
		curl->curl_easy_getinfo(message->easy_handle, CURLINFO_RESPONSE_CODE, &status);
		for (size_t i = 0; i < questions->n; i++)
			if (questions->items[i].handle == message->easy_handle)
				questions->items[i].answered = status == 200;
	}
}

static void ask_all(const struct libcurl *curl, struct questions *questions)
{
	CURLM *multi = curl->curl_multi_init();
	if (!multi)
		return;
	for (size_t i = 0; i < questions->n; i++)
		prepare(curl, multi, &questions->items[i]);
	perform(curl, multi);
	note_answers(curl, multi, questions);
	for (size_t i = 0; i < questions->n; i++) {
		struct question *question = &questions->items[i];
		if (!question->handle)
			continue;
		curl->curl_multi_remove_handle(multi, question->handle);
		curl->curl_easy_cleanup(question->handle);
	}
	curl->curl_multi_cleanup(multi);
}

bool engine_knows(const struct known *known)
{
	return strcmp(known->container.engine, "docker") == 0 ||
	       strcmp(known->container.engine, "podman") == 0;
}

void engine_ask(const uid_t *owners, size_t n, struct known_list *ret)
{
	_cleanup_(questions_clear) struct questions questions = { 0 };
	_cleanup_(freep) uid_t *sorted = xcalloc(n, sizeof(*sorted));
	struct libcurl curl;
	memcpy(sorted, owners, n * sizeof(*sorted));
	n = sort_ids(sorted, n);
	add_chosen_sockets(&questions);
	for (size_t i = 0; i < n; i++)
		add_sockets(&questions, sorted[i]);
	if (questions.n == 0 || load_libcurl(&curl) < 0)
		return;
	ask_all(&curl, &questions);
	for (size_t i = 0; i < questions.n; i++)
		read_answer(&questions.items[i], ret);
}
