namespace Camshaft.Server.Configuration;

/// <summary>The settings that exist, by the name that they have in <c>camshaft.json</c>.</summary>
internal static class Settings
{
    /// <summary>Every setting. Names are those of <see cref="ServerOptions"/>; case does not matter, since environments often have capitals alone.</summary>
    public static IReadOnlyDictionary<string, SettingKind> All { get; } = new Dictionary<string, SettingKind>(StringComparer.OrdinalIgnoreCase)
    {
        ["models"] = SettingKind.PathList,
        ["host"] = SettingKind.Value,
        ["httpPort"] = SettingKind.Value,
        ["grpcPort"] = SettingKind.Value,
        ["metricsPort"] = SettingKind.Value,
        ["binaryPort"] = SettingKind.Value,
        ["binarySocket"] = SettingKind.Path,
        ["plugins"] = SettingKind.Path,
        ["modelControlMode"] = SettingKind.Value,
        ["loadModels"] = SettingKind.List,
        ["tensorMemoryBytes"] = SettingKind.Value,
        ["maxRequestBodyBytes"] = SettingKind.Value,
        ["queueSize"] = SettingKind.Value,
        ["cpuLanes"] = SettingKind.Value,
        ["concurrentLoads"] = SettingKind.Value,
        ["drainSeconds"] = SettingKind.Value,
        ["logLevel"] = SettingKind.Value,
        ["logFormat"] = SettingKind.Value,
        ["backends"] = SettingKind.Table,
    };
}
