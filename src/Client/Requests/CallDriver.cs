using System.Collections.Concurrent;
using Camshaft.Backends;
using Camshaft.Client.Connections;
using Camshaft.Client.Endpoints;
using Camshaft.Client.SharedMemory;
using Camshaft.Client.Telemetry;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Requests;

/// <summary>
/// Brings requests to connections: at once where one is ready and knows the model, which allocates nothing, else by a search; and once more where the
/// policy says so. Pools the requests. Any thread; ends with the client.
/// </summary>
internal sealed class CallDriver(CamshaftClientOptions options, EndpointSet endpoints, ClientTelemetry telemetry)
{
    private const int MostFree = 1024;

    private readonly ConcurrentQueue<InferenceCall> _free = [];
    private readonly RetryPolicy _retries = new(options.MaxAttempts, new RetryBudget());

    public TimeProvider TimeProvider { get; } = options.TimeProvider;

    public TimeSpan Timeout { get; } = options.Timeout;

    public EndpointSet Endpoints => endpoints;

    /// <summary>Runs a model.</summary>
    public ValueTask<InferenceResult> InferAsync(CamshaftModel model, ReadOnlySpan<InferenceInput> inputs, InferenceOptions requestOptions, CancellationToken cancellationToken)
    {
        var (activity, trace) = ClientTelemetry.StartActivity(model.Name);
        var call = _free.TryDequeue(out var free) ? free : new InferenceCall(this);
        call.Begin(model, inputs, requestOptions, activity, trace, cancellationToken);
        var task = call.Task;
        if (endpoints.TryPick(out var connection) && connection.Models.TryGet(model, out var opened) && (!call.UsesRegions || connection.Regions.HasAll(call)))
        {
            call.Attempt(connection, opened);
        }
        else
        {
            _ = SearchAsync(call, TimeSpan.Zero);
        }

        return task;
    }

    /// <summary>An attempt has ended: tries again, or hands the end to the caller.</summary>
    public void OnAttemptEnded(InferenceCall call)
    {
        ref readonly var end = ref call.LastEnd;
        if (end.Status.IsOk)
        {
            _retries.Budget.PayIn();
        }
        else if (_retries.TryAgain(end, call.Attempts, call.Left, out var wait))
        {
            if ((end.Flags & AttemptFlags.OpenAgain) != 0)
            {
                endpoints.Forget(call.Opened);
            }

            telemetry.CountRetry(call.Model.Name);
            _ = SearchAsync(call, wait);
            return;
        }

        telemetry.End(call.Model.Name, call.StartedAt, end.Status, call.Activity);
        call.Finish();
    }

    /// <summary>Takes back a request that nobody has any more.</summary>
    public void Return(InferenceCall call)
    {
        if (_free.Count < MostFree)
        {
            _free.Enqueue(call);
        }
    }

    /// <summary>Opens a model for a caller.</summary>
    public async Task<OpenedModel> OpenAsync(CamshaftModel model, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await endpoints.PickAsync(both.Token).ConfigureAwait(false);
                return await connection.Models.OpenAsync(model).WaitAsync(both.Token).ConfigureAwait(false);
            }
            catch (InferenceException exception) when (attempt < options.MaxAttempts && exception is { Code: StatusCode.Unavailable })
            {
                // Nothing runs when a model is opened, so that it may be tried again whatever became of it.
                await Task.Delay(exception.Status.RetryAfter ?? TimeSpan.FromMilliseconds(10), TimeProvider, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new InferenceException(StatusCode.DeadlineExceeded, $"Model '{model.Name}' could not be opened within {Timeout.TotalMilliseconds:0} ms.");
            }
        }
    }

    /// <summary>Makes memory of the kind that the server offers, and has it registered.</summary>
    public Task<SharedRegion> CreateRegionAsync(int byteSize, CancellationToken cancellationToken) =>
        RegisterAsync(connection => new SharedRegion(CreateMemory(connection, byteSize), endpoints.LeaveAsync), cancellationToken);

    /// <summary>Has a GPU's memory registered.</summary>
    public Task<SharedRegion> RegisterCudaMemoryAsync(CudaMemory memory, int byteSize, CancellationToken cancellationToken) =>
        RegisterAsync(_ => new SharedRegion(memory, byteSize, endpoints.LeaveAsync), cancellationToken);

    private async Task<SharedRegion> RegisterAsync(Func<Connection, SharedRegion> create, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        SharedRegion? region = null;
        try
        {
            var connection = await endpoints.PickAsync(both.Token).ConfigureAwait(false);
            region = create(connection);
            await connection.Regions.RegisterAsync(region).WaitAsync(both.Token).ConfigureAwait(false);
            return region;
        }
        catch (Exception exception)
        {
            if (region is not null)
            {
                await region.DisposeAsync().ConfigureAwait(false);
            }

            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new InferenceException(StatusCode.DeadlineExceeded, $"Memory could not be shared within {Timeout.TotalMilliseconds:0} ms.", exception);
            }

            throw;
        }
    }

    private static MappedMemory CreateMemory(Connection connection, int byteSize)
    {
        var (features, endpoint) = (connection.Regions.Features, connection.Endpoint);
        return (features & WireFeatures.SealedMemory) != 0 ? MappedMemory.CreateSealed(byteSize)
            : (features & WireFeatures.NamedMemory) != 0 ? MappedMemory.CreateNamed(byteSize, isOpenToAll: !endpoint.IsUnix)
            : throw new InferenceException(StatusCode.Unsupported, $"{endpoint.Name} offers this client no shared memory; a server on the same machine does, unless it is told not to.");
    }

    private async Task SearchAsync(InferenceCall call, TimeSpan wait)
    {
        var search = call.BeginSearch();
        try
        {
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, TimeProvider, search.Token).ConfigureAwait(false);
            }

            var connection = await endpoints.PickAsync(search.Token).ConfigureAwait(false);
            var opened = await connection.Models.OpenAsync(call.Model).WaitAsync(search.Token).ConfigureAwait(false);
            if (call.UsesRegions)
            {
                await connection.Regions.RegisterAllAsync(call).WaitAsync(search.Token).ConfigureAwait(false);
            }

            call.EndSearch(connection, opened);
        }
        catch (InferenceException exception)
        {
            // The search counts as an attempt, so that one without end ends.
            call.EndSearch(new AttemptEnd(exception.Status, AttemptFlags.NotBegun));
        }
        catch (ObjectDisposedException)
        {
            // As those end that are on their way.
            call.EndSearch(new AttemptEnd(new InferenceStatus(StatusCode.Cancelled, "The client was disposed."), AttemptFlags.Local));
        }
        catch (OperationCanceledException)
        {
            call.EndSearch(new AttemptEnd(new InferenceStatus(StatusCode.Cancelled, "The request was cancelled."), AttemptFlags.Local));
        }
        catch (Exception exception)
        {
            call.EndSearch(new AttemptEnd(new InferenceStatus(StatusCode.Internal, $"The client failed: {exception.Message}"), AttemptFlags.NotBegun));
        }
    }
}
