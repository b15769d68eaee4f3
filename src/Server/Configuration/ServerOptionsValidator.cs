using Microsoft.Extensions.Options;

namespace Camshaft.Server.Configuration;

/// <summary>Checks the ranges that <see cref="ServerOptions"/> states.</summary>
[OptionsValidator]
internal sealed partial class ServerOptionsValidator : IValidateOptions<ServerOptions>;
