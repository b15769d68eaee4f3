namespace Camshaft.Engine.Scheduling;

/// <summary>
/// Who may take how much of a device's time: deficit round robin by weight among the models with an objective and, apart
/// from them, among those without; minimum shares; and a run now and then for a model that nobody else lets through. Booked
/// when a run is decided, so that two lanes do not spend the same time, and corrected when it has ended.
/// </summary>
internal sealed class ShareLedger(long ticksPerSecond)
{
    // What a round hands out to all models together, of each core: small beside a second, over which shares should hold.
    private readonly long _roundTicks = ticksPerSecond / 50;

    // How much of an unused minimum share is kept.
    private readonly long _reserveTicks = ticksPerSecond / 20;

    // A late request makes its model short of device time for this long.
    private readonly long _shortageTicks = ticksPerSecond / 2;

    // Who has waited and not run for this long goes first, once.
    private readonly long _patienceTicks = ticksPerSecond;

    private ModelAccount[] _accounts = [];
    private bool _hasUnusedReserve;
    private bool _hasObjectives;
    private bool _isObjectiveEntitled;
    private bool _isThroughputEntitled;

    /// <summary>Brings the books up to a moment. Before anything is asked of them for a decision.</summary>
    public void Refresh(in DeviceState device)
    {
        var models = device.Models;
        if (_accounts.Length < models.Length)
        {
            Array.Resize(ref _accounts, models.Length);
        }

        _hasUnusedReserve = _hasObjectives = _isObjectiveEntitled = _isThroughputEntitled = false;
        bool canObjectiveRun = false, canThroughputRun = false, hasThroughput = false;
        for (var i = 0; i < models.Length; i++)
        {
            ref readonly var model = ref models[i];
            if (!model.IsActive)
            {
                continue;
            }

            ref var account = ref _accounts[i];
            var isShort = IsShort(model, account, device.Now);
            if (model.MinimumShare > 0)
            {
                AccrueReserve(ref account, model, device);
                _hasUnusedReserve |= isShort && account.Reserve > 0;
            }

            if (model.HasObjective)
            {
                _hasObjectives = true;
                canObjectiveRun |= account.Deficit > 0;
                _isObjectiveEntitled |= isShort && account.Deficit > 0;
            }
            else
            {
                hasThroughput = true;
                canThroughputRun |= account.Deficit > 0;
            }
        }

        if (_hasObjectives && !canObjectiveRun)
        {
            BeginRound(device, hasObjective: true);
        }

        if (hasThroughput && !canThroughputRun)
        {
            BeginRound(device, hasObjective: false);
        }

        _isThroughputEntitled = hasThroughput;
    }

    /// <summary>Whether a model comes before all others: its minimum share is not used, or it has waited too long.</summary>
    public bool ComesFirst(in DeviceState device, in QueueState queue)
    {
        ref readonly var model = ref device.Models[queue.Model];
        ref readonly var account = ref _accounts[queue.Model];
        return (model.MinimumShare > 0 && account.Reserve > 0 && IsShort(model, account, device.Now))
            || (device.Now - queue.HeadQueued > _patienceTicks && device.Now - account.LastRun > _patienceTicks);
    }

    /// <summary>Whether a model has taken more than its part of this round.</summary>
    public bool IsOverdrawn(int model) => _accounts[model].Deficit <= 0;

    /// <summary>
    /// Whether a model must leave a free lane free: every core has a run, and another model has the better right to what one
    /// more run would take from those.
    /// </summary>
    public bool MustYield(in DeviceState device, int model)
    {
        if (device.Lanes.Total < device.Lanes.Cores)
        {
            return false;
        }

        return device.Models[model].HasObjective
            ? IsOverdrawn(model) && (_hasUnusedReserve || _isObjectiveEntitled)
            : _hasUnusedReserve || _hasObjectives || (IsOverdrawn(model) && _isThroughputEntitled);
    }

    /// <summary>Notes that a request of a model is late or was dropped.</summary>
    public void NoteShortage(int model, long now) => _accounts[model].ShortUntil = now + _shortageTicks;

    /// <summary>Books a run that starts.</summary>
    public void Book(int model, long cpuTicks, long now)
    {
        _accounts[model].LastRun = now;
        Add(model, -cpuTicks);
    }

    /// <summary>Corrects a booking.</summary>
    public void Add(int model, double cpuTicks)
    {
        if (model < _accounts.Length)
        {
            _accounts[model].Deficit += cpuTicks;
            _accounts[model].Reserve += cpuTicks;
        }
    }

    /// <summary>Forgets a model.</summary>
    public void Forget(int model)
    {
        if (model < _accounts.Length)
        {
            _accounts[model] = default;
        }
    }

    // A throughput model could always do with more; one with an objective only when it misses it.
    private static bool IsShort(in ModelUse model, in ModelAccount account, long now) => !model.HasObjective || now < account.ShortUntil;

    private void AccrueReserve(ref ModelAccount account, in ModelUse model, in DeviceState device)
    {
        var rate = model.MinimumShare * device.Lanes.Cores;
        account.Reserve = Math.Min(_reserveTicks * rate, account.Reserve + ((device.Now - account.ReservedUntil) * rate));
        account.ReservedUntil = device.Now;
    }

    /// <summary>Hands out as many rounds at once as it takes until some model of the group may run again.</summary>
    private void BeginRound(in DeviceState device, bool hasObjective)
    {
        var models = device.Models;
        var weights = 0.0;
        var perWeight = double.MaxValue;
        for (var i = 0; i < models.Length; i++)
        {
            if (models[i].IsActive && models[i].HasObjective == hasObjective)
            {
                weights += models[i].Weight;
                perWeight = Math.Min(perWeight, -_accounts[i].Deficit / models[i].Weight);
            }
        }

        var quantum = _roundTicks * device.Lanes.Cores / weights;
        var handout = quantum * (Math.Floor(perWeight / quantum) + 1);
        for (var i = 0; i < models.Length; i++)
        {
            if (models[i].HasObjective == hasObjective && models[i].Weight > 0)
            {
                // Nobody saves up more than one round's part; who rests now may come back at any time and has it then.
                _accounts[i].Deficit = Math.Min(quantum * models[i].Weight, _accounts[i].Deficit + (handout * models[i].Weight));
            }
        }
    }
}
