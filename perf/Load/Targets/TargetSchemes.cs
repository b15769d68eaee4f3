using Camshaft.Load.Targets.Binary;
using Camshaft.Load.Targets.InProcess;
using Camshaft.Load.Targets.KServeGrpc;
using Camshaft.Load.Targets.KServeHttp;

namespace Camshaft.Load.Targets;

/// <summary>The one table of targets: which scheme leads to which.</summary>
public static class TargetSchemes
{
    private static readonly Dictionary<string, Func<string, TargetOptions, ITarget>> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["camshaft"] = static (address, options) => new BinaryTarget(address, options),
        ["camshafts"] = static (address, options) => new BinaryTarget(address, options),
        ["camshaft+unix"] = static (address, options) => new BinaryTarget(address, options),
        ["inproc"] = static (address, options) => new InProcessTarget(address, options),
        ["kserve+grpc"] = static (address, options) => new KServeGrpcTarget(address, options),
        ["kserve+grpcs"] = static (address, options) => new KServeGrpcTarget(address, options),
        ["kserve+http"] = static (address, options) => new KServeHttpTarget(address, options),
        ["kserve+https"] = static (address, options) => new KServeHttpTarget(address, options),
    };

    /// <summary>The schemes, for messages.</summary>
    public static IReadOnlyCollection<string> Names => Table.Keys;

    /// <summary>Makes a target; nothing is started or connected yet.</summary>
    /// <param name="address">Scheme, <c>://</c> and what the scheme needs.</param>
    /// <param name="options">What it needs beside.</param>
    /// <exception cref="LoadException">The address leads nowhere.</exception>
    public static ITarget Create(string address, TargetOptions options)
    {
        var separator = address.IndexOf("://", StringComparison.Ordinal);
        return separator > 0 && Table.TryGetValue(address[..separator], out var create)
            ? create(address, options)
            : throw new LoadException($"'{address}' is no target; expected {string.Join(", ", Names.Select(static name => $"{name}://…"))}.");
    }
}
