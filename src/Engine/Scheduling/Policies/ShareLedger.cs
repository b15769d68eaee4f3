using Camshaft.Engine.Scheduling.Queues;

namespace Camshaft.Engine.Scheduling.Policies;

/// <summary>
/// Who may take how much of a device's time: deficit round robin by weight among the models with an objective and, apart
/// from them, among those without; minimum shares; and a run now and then for a model that nobody else lets through. Booked
/// when a run is decided, so that two lanes do not spend the same time, and corrected when it has ended.
/// </summary>
internal sealed class ShareLedger(long ticksPerSecond)
{
    private const int FirstTier = 1 << 20;
    private const int OverdrawnBit = 1 << 17;

    // What a round hands out to all models together, of each core: small beside a second, over which shares should hold.
    private readonly long _roundTicks = ticksPerSecond / 50;

    // How much of an unused minimum share is kept.
    private readonly long _reserveTicks = ticksPerSecond / 20;

    // A late request makes its model short of device time for this long.
    private readonly long _shortageTicks = ticksPerSecond / 2;

    // Who has waited and not run for this long goes first, once.
    private readonly long _patienceTicks = ticksPerSecond;

    private ModelAccount[] _accounts = [];
    private Round _objectives;
    private Round _throughput;
    private bool _hasUnusedReserve;

    /// <summary>Whether some model with an objective misses it for want of device time.</summary>
    public bool IsOverloaded { get; private set; }

    /// <summary>Brings the books up to a moment. Before anything is asked of them for a decision.</summary>
    public void Refresh(in DeviceState device)
    {
        var models = device.Models;
        if (_accounts.Length < models.Length)
        {
            Array.Resize(ref _accounts, models.Length);
        }

        _hasUnusedReserve = IsOverloaded = false;
        _objectives.BeginCount();
        _throughput.BeginCount();
        for (var i = 0; i < models.Length; i++)
        {
            ref readonly var model = ref models[i];
            if (!model.IsActive)
            {
                continue;
            }

            ref var account = ref _accounts[i];
            account.Weight = model.Weight;

            // A throughput model could always do with more; one with an objective only when it misses it.
            var isShort = !model.HasObjective || device.Now < account.ShortUntil;
            if (model.MinimumShare > 0)
            {
                AccrueReserve(ref account, model, device);
                account.IsOwed = isShort && account.Reserve > 0;
                _hasUnusedReserve |= account.IsOwed;
            }

            if (model.HasObjective)
            {
                IsOverloaded |= isShort;
                _objectives.Count(ref account, isShort);
            }
            else
            {
                _throughput.Count(ref account, isShort);
            }
        }

        _objectives.EndCount(_roundTicks * device.Lanes.Cores);
        _throughput.EndCount(_roundTicks * device.Lanes.Cores);
    }

    /// <summary>How a model stands, in bits of a rank: smaller goes first. What <see cref="ComesFirst"/> says is part of it.</summary>
    public int GetStanding(in QueueState queue, bool hasObjective, long now)
    {
        ref readonly var account = ref _accounts[queue.Model];
        var comesFirst = account.IsOwed || (now - queue.HeadQueued > _patienceTicks && now - account.LastRun > _patienceTicks);
        var overdrawn = account.Taken >= (hasObjective ? _objectives.Line : _throughput.Line) ? OverdrawnBit : 0;
        return overdrawn | (comesFirst ? 0 : hasObjective ? FirstTier : 2 * FirstTier);
    }

    /// <summary>Whether a standing, or a rank with it, comes before all others: its model's minimum share is not used, or it has waited too long.</summary>
    public static bool ComesFirst(int standing) => standing < FirstTier;

    /// <summary>
    /// Whether a model of a standing must leave a free lane free while every core has a run: another model has the better
    /// right to what one more run would take from those.
    /// </summary>
    public bool MustYield(int standing, bool hasObjective)
    {
        if (ComesFirst(standing))
        {
            return false;
        }

        // Some model without objective always has its part of the round left: else there would have been a new one.
        var isOverdrawn = (standing & OverdrawnBit) != 0;
        return hasObjective
            ? isOverdrawn && (_hasUnusedReserve || _objectives.HasEntitled)
            : isOverdrawn || _hasUnusedReserve || _objectives.IsActive;
    }

    /// <summary>Notes that a request of a model is late or was dropped.</summary>
    public void NoteShortage(int model, long now) => _accounts[model].ShortUntil = now + _shortageTicks;

    /// <summary>Books a run that starts.</summary>
    public void Book(int model, long cpuTicks, long now)
    {
        _accounts[model].LastRun = now;
        Add(model, cpuTicks);
    }

    /// <summary>Books device time, or corrects a booking.</summary>
    public void Add(int model, long cpuTicks)
    {
        // A model that was never up for a decision has no weight yet, and owes nothing.
        if (model < _accounts.Length && _accounts[model].Weight > 0)
        {
            ref var account = ref _accounts[model];
            account.Taken += cpuTicks / account.Weight;
            account.Reserve -= cpuTicks;
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

    private void AccrueReserve(ref ModelAccount account, in ModelUse model, in DeviceState device)
    {
        var rate = model.MinimumShare * device.Lanes.Cores;
        account.Reserve = Math.Min(_reserveTicks * rate, account.Reserve + ((device.Now - account.ReservedUntil) * rate));
        account.ReservedUntil = device.Now;
    }

    /// <summary>
    /// Deficit round robin over one group of models. In place of a deficit for each, a line that each round moves up for all
    /// at once: a model's deficit is what it has taken less than that, times its weight.
    /// </summary>
    private struct Round
    {
        private double _quantum;
        private double _weights;
        private double _leastTaken;

        /// <summary>How much device time, divided by its weight, every model may have taken.</summary>
        public double Line { get; private set; }

        /// <summary>Whether a model of the group waits or runs.</summary>
        public readonly bool IsActive => _weights > 0;

        /// <summary>Whether a model that is short of device time has something left to take.</summary>
        public bool HasEntitled { get; private set; }

        public void BeginCount()
        {
            _weights = 0;
            _leastTaken = double.MaxValue;
            HasEntitled = false;
        }

        public void Count(ref ModelAccount account, bool isShort)
        {
            // Nobody saves up more than one round's part; who rests may come back at any time and has that.
            if (account.Taken < Line - _quantum)
            {
                account.Taken = Line - _quantum;
            }

            if (account.Taken < _leastTaken)
            {
                _leastTaken = account.Taken;
            }

            _weights += account.Weight;
            HasEntitled |= isShort && account.Taken < Line;
        }

        /// <summary>Begins as many rounds as it takes until some model has something left to take.</summary>
        public void EndCount(double roundTicks)
        {
            if (!IsActive)
            {
                return;
            }

            _quantum = roundTicks / _weights;
            if (_leastTaken >= Line)
            {
                Line += _quantum * (Math.Floor((_leastTaken - Line) / _quantum) + 1);
            }
        }
    }
}
