using Microsoft.Extensions.DependencyInjection;

namespace Camshaft.Transport.Hosting;

/// <summary>Where transports add themselves.</summary>
/// <param name="Services">The application's services.</param>
public sealed record CamshaftBuilder(IServiceCollection Services);
