using System.Globalization;
using Camshaft.Backends;

namespace Camshaft.Engine.Telemetry.Metrics;

/// <summary>How devices are named in metrics, messages and answers, as in <c>model.yaml</c>: <c>cpu:0</c>, <c>cuda:1</c>.</summary>
public static class DeviceName
{
    /// <summary>The name of a device.</summary>
    public static string Of(IDevice device) => Of(device.Kind, device.Ordinal);

    /// <summary>The name of a device.</summary>
    public static string Of(DeviceKind kind, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{Of(kind)}:{ordinal}");

    /// <summary>The name of a kind of device.</summary>
    public static string Of(DeviceKind kind) => kind.ToString().ToLowerInvariant();
}
