using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Camshaft.Alerting;
using Camshaft.Engine.Alerts.Options;
using Microsoft.Extensions.Options;

namespace Camshaft.Server.Configuration.Alerts;

/// <summary>What is watched, when somebody is told, and who.</summary>
internal sealed partial class AlertsSection
{
    // What an alert says of itself.
    private static readonly string[] OwnLabels = ["alertname", "severity", "model", "version", "objective", "plugin", "device"];

    [Setting("Whether there are alerts; the state of objectives is known in any case")]
    public bool Enabled { get; set; } = true;

    [Range(1, 60)]
    [Setting("How often the server looks", Unit = "seconds")]
    public int IntervalSeconds { get; set; } = 5;

    [Range(0, 3600)]
    [Setting("How long what an alert is about must be over before it is resolved, so that one which comes and goes is told once", Unit = "seconds")]
    public int KeepFiringSeconds { get; set; } = 30;

    [Setting("Where people find this server, for links in messages")]
    public string? ServerUrl { get; set; }

    [Setting("A label that every alert gets, such as the server's name", KeyNames = ["label"])]
    public Dictionary<string, string> Labels { get; set; } = new(StringComparer.Ordinal);

    [ValidateObjectMembers]
    public BurnSection SloBurn { get; set; } = new();

    [ValidateObjectMembers]
    public LatencySection Latency { get; set; } = new();

    [ValidateObjectMembers]
    public ErrorRateSection ErrorRate { get; set; } = new();

    [ValidateObjectMembers]
    public QueueFullSection QueueFull { get; set; } = new();

    [ValidateObjectMembers]
    public TensorMemorySection TensorMemory { get; set; } = new();

    [ValidateObjectMembers]
    public ModelMemorySection ModelMemory { get; set; } = new();

    [ValidateObjectMembers]
    public DeviceMemorySection DeviceMemory { get; set; } = new();

    [ValidateObjectMembers]
    public ModelFailedSection ModelFailed { get; set; } = new();

    [ValidateObjectMembers]
    public PluginFailedSection PluginFailed { get; set; } = new();

    [ValidateObjectMembers]
    public DeviceFailedSection DeviceFailed { get; set; } = new();

    [Setting("A webhook that is told of alerts", KeyNames = ["name"])]
    public Dictionary<string, WebhookSection> Webhooks { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    [Setting("A Prometheus Alertmanager that is told of alerts", KeyNames = ["name"])]
    public Dictionary<string, AlertmanagerSection> Alertmanagers { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is watched.</summary>
    /// <exception cref="ConfigurationException">A label is not usable.</exception>
    public AlertOptions ToAlertOptions() => new()
    {
        IsEnabled = Enabled,
        Interval = TimeSpan.FromSeconds(IntervalSeconds),
        KeepFiring = TimeSpan.FromSeconds(KeepFiringSeconds),
        Labels = Labels.ToDictionary(static label => CheckLabel(label.Key), static label => label.Value, StringComparer.Ordinal),
        Burn = SloBurn.ToTerms(),
        Latency = Latency.ToTerms(),
        ErrorRate = ErrorRate.ToTerms(),
        QueueFull = QueueFull.ToTerms(),
        TensorMemory = TensorMemory.ToTerms(),
        ModelMemory = ModelMemory.ToTerms(),
        DeviceMemory = DeviceMemory.ToTerms(),
        ModelFailed = ModelFailed.ToTerms(),
        PluginFailed = PluginFailed.ToTerms(),
        DeviceFailed = DeviceFailed.ToTerms(),
    };

    /// <summary>Who is told.</summary>
    /// <exception cref="ConfigurationException">A webhook or an Alertmanager is not usable.</exception>
    public AlertDeliveryOptions ToDeliveryOptions() => new()
    {
        ServerUrl = ServerUrl is null ? null : HttpAddress.Parse("alerts.serverUrl", ServerUrl),
        Webhooks = [.. Webhooks.Select(static entry => entry.Value.ToOptions(entry.Key))],
        Alertmanagers = [.. Alertmanagers.Select(static entry => entry.Value.ToOptions(entry.Key))],
    };

    // Alertmanager refuses a whole message for one label that it does not like.
    private static string CheckLabel(string name) => LabelName().IsMatch(name) && !OwnLabels.Contains(name, StringComparer.Ordinal)
        ? name
        : throw new ConfigurationException($"'{name}' in alerts.labels is no name for a label; expected letters, digits and underscores, no digit first, and none of {string.Join(", ", OwnLabels)}.");

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex LabelName();
}
