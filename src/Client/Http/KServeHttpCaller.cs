using System.Net.Http.Headers;
using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Client.Telemetry;

namespace Camshaft.Client.Http;

/// <summary>Sends requests over HTTP, within their time, once more where that is safe. Any thread; ends with the client.</summary>
internal sealed class KServeHttpCaller(HttpMessageInvoker http, Uri server, CamshaftClientOptions options, ClientTelemetry telemetry)
{
    private readonly AuthenticationHeaderValue? _authorization = options.ApiKey is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
    private readonly RetryPolicy _retries = new(options.MaxAttempts, new RetryBudget());
    private readonly TimeProvider _timeProvider = options.TimeProvider;
    private readonly TimeSpan _timeout = options.Timeout;

    /// <summary>Reads a document.</summary>
    public async Task<byte[]> GetAsync(string path, CancellationToken cancellationToken)
    {
        byte[] body = [];
        var end = await RunAsync(
            _timeout,
            async (_, token) =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, path));
                request.Headers.Authorization = _authorization;
                using var response = await http.SendAsync(request, token).ConfigureAwait(false);
                if (!response.IsSuccessStatusCode)
                {
                    return new AttemptEnd(await HttpStatuses.ReadAsync(response, token).ConfigureAwait(false), AttemptFlags.NotBegun);
                }

                body = await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false);
                return default;
            },
            static () => { },
            cancellationToken).ConfigureAwait(false);
        return end.Status.IsOk ? body : throw new InferenceException(end.Status, notBegun: true);
    }

    /// <summary>Runs a model.</summary>
    public async Task<InferenceResult> InferAsync(KServeHttpModel model, InferenceInput[] inputs, InferenceOptions requestOptions, CancellationToken cancellationToken)
    {
        var (activity, trace) = ClientTelemetry.StartActivity(model.Name);
        var startedAt = _timeProvider.GetTimestamp();
        var status = new InferenceStatus(StatusCode.Cancelled, "The request was cancelled.");
        try
        {
            var end = await RunAsync(
                requestOptions.Timeout ?? _timeout,
                (left, token) => SendAsync(model, inputs, requestOptions, trace, left, token),
                () => telemetry.CountRetry(model.Name),
                cancellationToken).ConfigureAwait(false);
            status = end.Status;
            return end.Result ?? throw new InferenceException(end.Status, (end.Flags & AttemptFlags.NotBegun) != 0);
        }
        finally
        {
            telemetry.End(model.Name, startedAt, status, activity);
        }
    }

    private async Task<AttemptEnd> SendAsync(KServeHttpModel model, InferenceInput[] inputs, InferenceOptions requestOptions, TraceContext trace, TimeSpan? left, CancellationToken token)
    {
        using var body = new InferBody(inputs, requestOptions, left);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, model.Path)) { Content = body };
            request.Headers.Authorization = _authorization;
            if (trace.Exists)
            {
                request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace.TraceId}-{trace.SpanId}-{(int)trace.Flags:x2}");
                if (trace.State is { } state)
                {
                    request.Headers.TryAddWithoutValidation("tracestate", state);
                }
            }

            using var response = await http.SendAsync(request, token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? new AttemptEnd(InferenceStatus.Ok, AttemptFlags.None, await InferAnswer.ReadAsync(response, model.Signature, model.Version, token).ConfigureAwait(false))
                : new AttemptEnd(await HttpStatuses.ReadAsync(response, token).ConfigureAwait(false), AttemptFlags.None);
        }
        finally
        {
            body.End();
        }
    }

    private async Task<AttemptEnd> RunAsync(TimeSpan timeout, Func<TimeSpan?, CancellationToken, Task<AttemptEnd>> attempt, Action onRetry, CancellationToken cancellationToken)
    {
        var startedAt = _timeProvider.GetTimestamp();
        using var late = new CancellationTokenSource(timeout, _timeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        for (var attempts = 1; ; attempts++)
        {
            AttemptEnd end;
            TimeSpan? left = timeout == Timeout.InfiniteTimeSpan ? null : timeout - _timeProvider.GetElapsedTime(startedAt);
            try
            {
                end = await attempt(left, both.Token).ConfigureAwait(false);
                if (end.Status.IsOk)
                {
                    _retries.Budget.PayIn();
                    return end;
                }

                if (!_retries.TryAgain(end, attempts, left, out var wait))
                {
                    return end;
                }

                onRetry();
                await Task.Delay(wait, _timeProvider, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                return new AttemptEnd(new InferenceStatus(StatusCode.DeadlineExceeded, $"No answer within {timeout.TotalMilliseconds:0} ms."), AttemptFlags.Local);
            }
            catch (OperationCanceledException exception) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("The request was cancelled.", exception, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                var isUnreached = exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError };
                return new AttemptEnd(
                    new InferenceStatus(StatusCode.Unavailable, isUnreached ? $"{server} cannot be reached: {exception.GetBaseException().Message}" : $"The connection to {server} was lost: {exception.GetBaseException().Message}; whether the request ran is not known."),
                    isUnreached ? AttemptFlags.NotBegun : AttemptFlags.None);
            }
            catch (InvalidDataException exception)
            {
                return new AttemptEnd(new InferenceStatus(StatusCode.Internal, exception.Message), AttemptFlags.None);
            }
        }
    }
}
