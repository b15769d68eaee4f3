using Camshaft.Backends;
using Camshaft.Client.Requests;
using Camshaft.Transport.Wire;

namespace Camshaft.Client.Connections;

/// <summary>
/// The regions that one connection's server knows, each registered when it is first needed there, one after the other, since a server keeps few descriptors.
/// Any thread; ends with the connection.
/// </summary>
internal sealed class Regions(string endpoint, Sender sender, InFlightTable inFlight)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<SharedRegion, Task> _registered = [];
    private Task _last = Task.CompletedTask;

    /// <summary>What the server offers; set when the hellos are exchanged.</summary>
    public WireFeatures Features { get; set; }

    /// <summary>Whether the server knows every region that a request uses.</summary>
    public bool HasAll(InferenceCall call)
    {
        lock (_gate)
        {
            foreach (ref readonly var input in call.Inputs)
            {
                if (input.Region is { } region && !Has(region))
                {
                    return false;
                }
            }

            for (var i = 0; i < call.Options.OutputRegions.Count; i++)
            {
                if (!Has(call.Options.OutputRegions[i].Place.Region))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Registers every region that a request uses.</summary>
    /// <exception cref="InferenceException">The server refused one, or the connection ended.</exception>
    public Task RegisterAllAsync(InferenceCall call)
    {
        var tasks = new List<Task>();
        foreach (ref readonly var input in call.Inputs)
        {
            if (input.Region is { } region)
            {
                tasks.Add(RegisterAsync(region));
            }
        }

        tasks.AddRange(call.Options.OutputRegions.Select(output => RegisterAsync(output.Place.Region)));
        return Task.WhenAll(tasks);
    }

    /// <summary>Registers a region, unless it is registered or about to be.</summary>
    /// <exception cref="InferenceException">The server refused it, or the connection ended.</exception>
    public Task RegisterAsync(SharedRegion region)
    {
        lock (_gate)
        {
            // What failed is asked for anew by the next one.
            if (!_registered.TryGetValue(region, out var registered) || registered.IsFaulted)
            {
                _registered[region] = registered = _last = RegisterAfterAsync(_last, region);
            }

            return registered;
        }
    }

    /// <summary>Has the server let go of a region; ends when nothing uses it there any more.</summary>
    public async Task LeaveAsync(SharedRegion region)
    {
        Task? registered;
        lock (_gate)
        {
            _registered.Remove(region, out registered);
        }

        if (registered is null)
        {
            return;
        }

        await registered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (registered.IsCompletedSuccessfully)
        {
            var (id, pending) = (inFlight.NextId(), new PendingRegion());
            sender.Send(id, ControlFrames.Unregister(id, region.Number), pending);

            // A connection that ends has let go as well.
            await pending.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool Has(SharedRegion region) => _registered.TryGetValue(region, out var registered) && registered.IsCompletedSuccessfully;

    private async Task RegisterAfterAsync(Task last, SharedRegion region)
    {
        // Not under the caller's lock.
        await Task.Yield();
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!region.IsShared)
        {
            throw new InferenceException(new InferenceStatus(StatusCode.InvalidArgument, "The memory of an input or an output is a client's in memory, and not shared."), notBegun: true);
        }

        if (region.IsDisposed)
        {
            throw new InferenceException(new InferenceStatus(StatusCode.InvalidArgument, "The shared memory of an input or an output was disposed."), notBegun: true);
        }

        var feature = region.Kind switch
        {
            RegionKind.Sealed => WireFeatures.SealedMemory,
            RegionKind.Named => WireFeatures.NamedMemory,
            _ => WireFeatures.CudaMemory,
        };
        if ((Features & feature) == 0)
        {
            throw new InferenceException(new InferenceStatus(StatusCode.Unsupported, $"{endpoint} does not offer shared memory of the kind that the region is of."), notBegun: true);
        }

        var (id, pending) = (inFlight.NextId(), new PendingRegion());
        sender.Send(id, ControlFrames.Register(id, region), pending, region.Kind == RegionKind.Sealed ? region.Mapped.Descriptor : null);
        await pending.Task.ConfigureAwait(false);
    }
}
