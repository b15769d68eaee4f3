using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Camshaft.Engine.Alerts;

/// <summary>
/// The alerts that there are and where each is in its life: it begins pending, fires when its condition has held for long
/// enough, and is resolved when that has not held for a while. The same condition is the same alert. One thread.
/// </summary>
/// <param name="keepFiring">How long a condition must not hold before its alert is resolved.</param>
/// <param name="labels">Labels that every alert gets.</param>
internal sealed class AlertBook(TimeSpan keepFiring, IReadOnlyDictionary<string, string> labels)
{
    /// <summary>How many alerts there may be at once; what is more is counted and left out.</summary>
    public const int MostActive = 1024;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>How many conditions were left out since there were too many alerts.</summary>
    public long LeftOut { get; private set; }

    /// <summary>The alerts that are pending or fire, the most severe first, then the oldest.</summary>
    public IReadOnlyList<Alert> ListActive() => [.. _entries.Values
        .Select(static entry => entry.Alert)
        .OrderByDescending(static alert => alert.State)
        .ThenByDescending(static alert => alert.Severity)
        .ThenBy(static alert => alert.StartsAt)
        .ThenBy(static alert => alert.Fingerprint, StringComparer.Ordinal)];

    /// <summary>Takes note of what holds now.</summary>
    /// <param name="uptime">By a clock that never jumps.</param>
    /// <param name="time">The time for people.</param>
    /// <param name="conditions">What holds.</param>
    /// <returns>The alerts that fire from now on, and those that are resolved.</returns>
    public IReadOnlyList<Alert> Update(TimeSpan uptime, DateTimeOffset time, IEnumerable<AlertCondition> conditions)
    {
        var changed = new List<Alert>();
        foreach (var condition in conditions)
        {
            var allLabels = Join(condition);
            var fingerprint = GetFingerprint(allLabels);
            if (!_entries.TryGetValue(fingerprint, out var entry))
            {
                if (_entries.Count == MostActive)
                {
                    LeftOut++;
                    continue;
                }

                entry = new Entry(uptime, Create(condition, fingerprint, allLabels, time));
                _entries.Add(fingerprint, entry);
            }

            entry.HeldAt = uptime;
            if (Advance(entry, condition, uptime, time))
            {
                changed.Add(entry.Alert);
            }
        }

        changed.AddRange(EndOthers(uptime, time));
        return changed;
    }

    /// <returns>Whether it fires from now on.</returns>
    private static bool Advance(Entry entry, AlertCondition condition, TimeSpan uptime, DateTimeOffset time)
    {
        entry.Alert = entry.Alert with { Summary = condition.Summary, Description = condition.Description, Value = condition.Value, Causes = condition.Causes };
        if (entry.Alert.State == AlertState.Firing || uptime - entry.Since < condition.For)
        {
            return false;
        }

        entry.Alert = entry.Alert with { State = AlertState.Firing, FiringSince = time, Examples = condition.FindExamples() };
        return true;
    }

    private List<Alert> EndOthers(TimeSpan uptime, DateTimeOffset time)
    {
        var resolved = new List<Alert>();
        foreach (var (fingerprint, entry) in _entries.Where(entry => entry.Value.HeldAt < uptime).ToList())
        {
            if (entry.Alert.State == AlertState.Pending)
            {
                _entries.Remove(fingerprint);
            }
            else if (uptime - entry.HeldAt >= keepFiring)
            {
                _entries.Remove(fingerprint);
                resolved.Add(entry.Alert with { State = AlertState.Resolved, EndsAt = time });
            }
        }

        return resolved;
    }

    private static Alert Create(AlertCondition condition, string fingerprint, SortedDictionary<string, string> allLabels, DateTimeOffset time) => new()
    {
        Fingerprint = fingerprint,
        Name = condition.Name,
        State = AlertState.Pending,
        Severity = condition.Severity,
        Labels = allLabels,
        Summary = condition.Summary,
        Description = condition.Description,
        StartsAt = time,
    };

    // What a rule says comes before what was configured for all.
    private SortedDictionary<string, string> Join(AlertCondition condition)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in labels.Concat(condition.Labels))
        {
            all[name] = value;
        }

        all["alertname"] = condition.Name;
        all["severity"] = condition.Severity.ToString().ToLowerInvariant();
        return all;
    }

    // No byte 0xFF is in UTF-8, so that labels cannot run into each other.
    private static string GetFingerprint(SortedDictionary<string, string> labels)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in labels.SelectMany(static label => (string[])[label.Key, label.Value]))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0xFF]);
        }

        return BinaryPrimitives.ReadUInt64BigEndian(hash.GetHashAndReset()).ToString("x16", CultureInfo.InvariantCulture);
    }

    private sealed class Entry(TimeSpan since, Alert alert)
    {
        public TimeSpan Since { get; } = since;

        public TimeSpan HeldAt { get; set; }

        public Alert Alert { get; set; } = alert;
    }
}
