import CCurl

#if canImport(Glibc)
    import Glibc
#endif

/// The thread that owns every libcurl handle. It lives until its inbox is closed.
final class EventLoop {
    private let inbox: Inbox
    private let userAgent: String
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UInt64: Transfer] = [:]
    /// Of all transfers together. Freed behind the last of them, with the loop.
    private let allowance = UnsafeMutablePointer<azimuth_allowance>.allocate(capacity: 1)
    /// No deadline of a transfer is before this.
    private var nextDeadline: ContinuousClock.Instant?

    private init(userAgent: String, multi: UnsafeMutableRawPointer, largeBodyBytes: Int, inbox: Inbox) {
        self.userAgent = userAgent
        self.multi = multi
        self.inbox = inbox
        allowance.initialize(to: azimuth_allowance(used: 0, limit: max(largeBodyBytes, 0)))
    }

    deinit { allowance.deallocate() }

    /// Starts the thread; when the system has none to give, the inbox is closed with that reason.
    static func start(userAgent: String, maxConnectionsPerHost: Int, largeBodyBytes: Int, inbox: Inbox) {
        guard Curl.isReady, let multi = curl_multi_init() else {
            return inbox.close(reason: "libcurl could not be initialised")
        }
        azimuth_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, max(maxConnectionsPerHost, 1))
        azimuth_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        inbox.attach(multi)
        let loop = Unmanaged.passRetained(
            EventLoop(userAgent: userAgent, multi: multi, largeBodyBytes: largeBodyBytes, inbox: inbox))
        var thread = pthread_t()
        guard pthread_create(&thread, nil, runEventLoop, loop.toOpaque()) == 0 else {
            loop.release()
            inbox.close(reason: "the HTTP thread could not be started")
            inbox.detach()
            curl_multi_cleanup(multi)
            return
        }
        pthread_detach(thread)
    }

    fileprivate func run() {
        while true {
            let delivery = inbox.collect()
            if let reason = delivery.closed { return end(delivery.jobs, reason: reason) }
            for job in delivery.jobs { begin(job) }
            for id in delivery.cancelled { abort(id, .cancelled, Inbox.cancellation) }
            abortOverdue()
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            completeFinished()
            curl_multi_poll(multi, nil, 0, millisecondsToWait(), nil)
        }
    }

    private func begin(_ job: Job) {
        // A handle of its own for each request: libcurl before 8.1 keeps, in a used one, a pointer to a header of the last
        // answer, and follows it when the first header of the next is a continuation line. Connections live elsewhere.
        guard let handle = curl_easy_init() else {
            return job.fail(.unreachable, "out of memory")
        }
        let transfer = Transfer(job, handle: handle)
        let code = transfer.configure(userAgent: userAgent, allowance: allowance)
        guard code == CURLE_OK else {
            return job.end(.failure(transfer.error(for: code)))
        }
        curl_multi_add_handle(multi, handle)
        transfers[job.id] = transfer
        if let deadline = job.deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    /// Takes back what libcurl is done with. A body is checked and handed over here.
    private func completeFinished() {
        var waiting: Int32 = 0
        while let message = curl_multi_info_read(multi, &waiting) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let transfer = transfers.removeValue(forKey: Transfer.id(of: handle))
            else { continue }
            let code = message.pointee.data.result
            curl_multi_remove_handle(multi, handle)
            let result = transfer.result(for: code)
            transfer.job.end(result)
        }
    }

    /// Ends a transfer before its time, if it is still under way; its connection is closed, or its stream reset.
    private func abort(_ id: UInt64, _ code: HTTPError.Code, _ reason: String) {
        guard let transfer = transfers.removeValue(forKey: id) else { return }
        curl_multi_remove_handle(multi, transfer.handle)
        let error = transfer.error(code, reason)
        transfer.job.end(.failure(error))
    }

    private func abortOverdue() {
        guard let next = nextDeadline, next <= .now else { return }
        let now = ContinuousClock.now
        for transfer in transfers.values {
            guard let deadline = transfer.job.deadline, deadline <= now else { continue }
            abort(transfer.job.id, .timedOut, transfer.lateness)
        }
        nextDeadline = transfers.values.compactMap(\.job.deadline).min()
    }

    /// Until the next deadline; libcurl shortens it to its own timers.
    private func millisecondsToWait() -> Int32 {
        guard let nextDeadline else { return 60_000 }
        let (seconds, attoseconds) = (nextDeadline - .now).components
        guard seconds < 60 else { return 60_000 }
        // Rounded up: to wake just before the deadline would only spin.
        return max(Int32(seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1), 0)
    }

    private func end(_ jobs: [Job], reason: String) {
        for job in jobs { job.fail(.cancelled, reason) }
        for id in Array(transfers.keys) { abort(id, .cancelled, reason) }
        inbox.detach()
        curl_multi_cleanup(multi)
    }
}

/// libcurl's state for the whole process.
private enum Curl {
    static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}

private func runEventLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    // Signals are for other threads. This also holds back SIGPIPE, which OpenSSL's writes to a closed socket raise.
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
    Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
