namespace Camshaft.Engine.Models;

/// <summary>
/// Where a version is in its life, and which way it may go from there. Readers find a state with its reason; what depends on where the version is goes
/// under a lock, so that of two who move it at once the second sees where the first has brought it. Any thread.
/// </summary>
internal sealed class ModelLifecycle
{
    private readonly Lock _gate = new();
    private Place _place = new(ModelState.Discovered, null);
    private bool _returnsOnDemand;
    private bool _isInMemory;

    public ModelState State => Volatile.Read(ref _place).State;

    /// <summary>Why it is where it is, when that is no good place; null otherwise.</summary>
    public string? Reason => Volatile.Read(ref _place).Reason;

    /// <summary>
    /// When the next request may try again what failed, in ticks of the engine's clock; null unless a request had it loaded.
    /// Set before the version is visible.
    /// </summary>
    public long? RetryTimestamp { get; set; }

    /// <summary>Whether it is not in memory and a request has it loaded, at once or, after a load that failed, in a while.</summary>
    public bool IsOnDemand => State switch
    {
        ModelState.Standby => true,
        ModelState.Failed => RetryTimestamp is not null,
        _ => false,
    };

    public void BeginLoading() => Move(ModelState.Loading, null);

    /// <summary>It takes memory from now on, until <see cref="Discard"/> or <see cref="EndUnload"/>.</summary>
    public void EnterMemory()
    {
        lock (_gate)
        {
            _isInMemory = true;
        }
    }

    /// <summary>Begins the warm-up, unless the version has failed since it was loaded.</summary>
    public void BeginWarmUp()
    {
        lock (_gate)
        {
            if (State == ModelState.Loading)
            {
                Set(ModelState.Warming, null);
            }
        }
    }

    /// <summary>Lets it take requests.</summary>
    /// <returns><see langword="false"/>: it has failed since it was loaded, as with its device, and is left so.</returns>
    public bool TryServe()
    {
        lock (_gate)
        {
            if (State is not (ModelState.Loading or ModelState.Warming))
            {
                return false;
            }

            Set(ModelState.Ready, null);
            return true;
        }
    }

    /// <summary>Says that it cannot be loaded, or takes it out of service, wherever it is.</summary>
    public void Fail(string reason) => Move(ModelState.Failed, reason);

    /// <summary>Takes it out of service, if it is or would come there.</summary>
    public bool TryFail(string reason)
    {
        lock (_gate)
        {
            if (State is not (ModelState.Ready or ModelState.Warming or ModelState.Loading))
            {
                return false;
            }

            Set(ModelState.Failed, reason);
            return true;
        }
    }

    /// <summary>What a load that failed after all had left is freed.</summary>
    public void Discard()
    {
        lock (_gate)
        {
            _isInMemory = false;
        }
    }

    /// <summary>Leaves it out of memory until a request asks for it. Before it was loaded.</summary>
    public void BeginStandby(string reason)
    {
        lock (_gate)
        {
            _returnsOnDemand = true;
            Set(ModelState.Standby, reason);
        }
    }

    /// <summary>Takes it out of service to be unloaded, until a request asks for it.</summary>
    /// <returns><see langword="false"/>: it does not serve, and is left as it is.</returns>
    public bool TryBeginEviction(string reason)
    {
        lock (_gate)
        {
            if (State != ModelState.Ready)
            {
                return false;
            }

            _returnsOnDemand = true;
            Set(ModelState.Standby, reason);
            return true;
        }
    }

    /// <summary>Takes it out of service to be unloaded; no request has it loaded again.</summary>
    public void BeginDraining()
    {
        lock (_gate)
        {
            _returnsOnDemand = false;
            if (_isInMemory)
            {
                Set(ModelState.Draining, null);
            }
            else if (State == ModelState.Standby)
            {
                Set(ModelState.Unloaded, "unloaded");
            }
        }
    }

    /// <summary>It takes no memory any more.</summary>
    public void EndUnload()
    {
        lock (_gate)
        {
            _isInMemory = false;
            if (!_returnsOnDemand)
            {
                Set(ModelState.Unloaded, "unloaded");
            }
        }
    }

    private void Move(ModelState state, string? reason)
    {
        lock (_gate)
        {
            Set(state, reason);
        }
    }

    // Under the lock.
    private void Set(ModelState state, string? reason) => Volatile.Write(ref _place, new Place(state, reason));

    private sealed record Place(ModelState State, string? Reason);
}
